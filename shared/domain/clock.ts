import type { EpochMs, MonoMs } from './units.ts';

/** Cancels what it was returned for; calling it twice is harmless. */
export type Cancel = () => void;

/**
 * The only source of time for everything that decides. Production wires the process clock, tests a virtual one.
 * Timers fire in order of their due time, then in order of creation.
 */
export interface Clock {
  /** Wall clock; stored and shown, never subtracted. */
  now(): EpochMs;
  /** Monotonic; subtracted, never stored. */
  mono(): MonoMs;
  /** Runs `task` once after `delayMs`. */
  after(delayMs: number, task: () => void): Cancel;
}
