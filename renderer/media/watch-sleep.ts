const LOOK_EVERY_MS = 1_000;
/** Timers of a page in the background are slowed down, but those of one that plays a call not by so much. */
const SLEPT_MS = 10_000;

interface Clock {
  readonly now: () => number;
  readonly every: (intervalMs: number, task: () => void) => () => void;
}

/** Tells that the machine was asleep, by the system's clock having gone on without this page. @returns a function that stops */
export function watchSleep(clock: Clock, onWoken: () => void): () => void {
  let lastLookMs = clock.now();
  return clock.every(LOOK_EVERY_MS, () => {
    const sinceMs = clock.now() - lastLookMs;
    lastLookMs = clock.now();
    if (sinceMs > SLEPT_MS) onWoken();
  });
}
