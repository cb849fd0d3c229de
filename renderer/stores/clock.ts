/** Time for everything the console shows. Fixtures stop it, tests step it. */
export interface ConsoleClock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Monotonic, milliseconds. */
  mono(): number;
  every(intervalMs: number, task: () => void): () => void;
  after(delayMs: number, task: () => void): () => void;
  /** Once, with the next painted frame; within 200 ms in a tab that is not painted. */
  frame(task: () => void): () => void;
}

/** Hidden tabs are not painted, and their stores must still follow the calls. */
const UNPAINTED_FRAME_MS = 200;

export const pageClock: ConsoleClock = {
  now: () => Date.now(),
  mono: () => performance.now(),
  every: (intervalMs, task) => {
    const timer = setInterval(task, intervalMs);
    return () => clearInterval(timer);
  },
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
  frame: task => {
    let done = false;
    const once = (): void => {
      if (done) return;
      cancel();
      task();
    };
    const cancel = (): void => {
      done = true;
      cancelAnimationFrame(painted);
      clearTimeout(unpainted);
    };
    const painted = requestAnimationFrame(once);
    const unpainted = setTimeout(once, UNPAINTED_FRAME_MS);
    return cancel;
  },
};
