/** What the probe in a page has seen; times are the page's `performance.now()`. */
export interface PageSeen {
  readonly frameGapsMs: readonly number[];
  readonly longTasksMs: readonly number[];
  /** Mark and the time at which the frame that shows it had been made. */
  readonly marks: readonly (readonly [mark: number, atMs: number])[];
  readonly takeovers: readonly (readonly [mark: number, atMs: number])[];
  /** Per row: number of stopped sentences that is shown, and since when. */
  readonly vetoes: readonly (readonly [row: string, count: number, atMs: number])[];
}

export interface FloorProbe {
  begin(): void;
  seen(): PageSeen;
}

/**
 * Runs in the page, before its own scripts, and so may use nothing from outside. Looks at rows and cards (`[data-call]`) whenever they
 * change. A change made inside an animation frame counts when that frame has been made, any other with the next frame.
 */
export function installFloorProbe(): void {
  const gaps: number[] = [];
  const tasks: number[] = [];
  const marks: [number, number][] = [];
  const takeovers: [number, number][] = [];
  const vetoes: [string, number, number][] = [];
  const seenMarks = new Set<number>();
  const seenTakeovers = new Set<number>();
  const counts = new Map<string, number>();
  let inFrame = false;
  let lastFrame = 0;
  const afterFrame: (() => void)[] = [];
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    inFrame = false;
    for (const task of afterFrame.splice(0)) task();
  };
  const paint = window.requestAnimationFrame.bind(window);
  const frame = (): void => {
    if (inFrame) return;
    inFrame = true;
    channel.port2.postMessage(0);
  };
  // Frames of the page's own are frames too, and may come before that of the probe.
  window.requestAnimationFrame = callback =>
    paint(time => {
      frame();
      callback(time);
    });
  const loop = (time: number): void => {
    frame();
    if (lastFrame > 0) gaps.push(time - lastFrame);
    lastFrame = time;
    paint(loop);
  };
  paint(loop);
  const whenPainted = (found: (atMs: number) => void): void => {
    if (inFrame) afterFrame.push(() => found(performance.now()));
    else paint(() => afterFrame.push(() => found(performance.now())));
  };
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) tasks.push(entry.duration);
  }).observe({ type: 'longtask' });

  const look = (row: Element): void => {
    const text = row.textContent;
    for (const [, person, digits] of text.matchAll(/(Person )?⟨(\d+)⟩/g)) {
      const mark = Number(digits);
      const [known, list] = person === undefined ? [seenMarks, marks] : [seenTakeovers, takeovers];
      if (known.has(mark)) continue;
      known.add(mark);
      whenPainted(atMs => list.push([mark, atMs]));
    }
    const stopped = /(?:(\d+) sentences|One sentence) stopped/.exec(text);
    if (!stopped) return;
    const count = Number(stopped[1] ?? 1);
    const id = row.getAttribute('data-call') ?? '';
    if ((counts.get(id) ?? 0) >= count) return;
    counts.set(id, count);
    whenPainted(atMs => vetoes.push([id, count, atMs]));
  };
  const start = (): void =>
    new MutationObserver(changes => {
      const rows = new Set<Element>();
      for (const { target, addedNodes } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        const row = element?.closest('[data-call]');
        if (row) rows.add(row);
        for (const node of addedNodes)
          if (node instanceof Element) for (const one of node.querySelectorAll('[data-call]')) rows.add(one);
      }
      for (const row of rows) look(row);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  start();

  const probe = {
    begin: () => {
      for (const list of [gaps, tasks, marks, takeovers]) list.length = 0;
      seenMarks.clear();
      seenTakeovers.clear();
      vetoes.length = 0;
    },
    seen: () => ({ frameGapsMs: gaps, longTasksMs: tasks, marks, takeovers, vetoes }),
  };
  Object.assign(window, { __floorProbe: probe });
}
