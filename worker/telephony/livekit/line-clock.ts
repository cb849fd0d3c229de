/** Turns frames as they come into exactly one per 20 ms of the line's own clock, silence where nothing came. */
export interface LineClock {
  take(samples: Int16Array): void;
  stop(): void;
}

/** @param onFrame gets 320 samples per 20 ms, each in a buffer of its own, until the clock is stopped */
export type StartLineClock = (onFrame: (samples: Int16Array) => void) => LineClock;
