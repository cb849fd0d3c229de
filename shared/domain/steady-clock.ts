import type { Clock } from './clock.ts';
import type { EpochMs } from './units.ts';

/**
 * A clock whose wall time begins as the system's and then moves with the monotonic clock only, so that differences of its
 * times are true durations whatever is done to the system's clock meanwhile (DAY15). One per call: times of a call fit together. Whole
 * milliseconds, as the system's.
 */
export function steadyClock(clock: Clock): Clock {
  const startedMs = clock.now();
  const startedMono = clock.mono();
  return {
    now: () => Math.round(startedMs + (clock.mono() - startedMono)) as EpochMs,
    mono: () => clock.mono(),
    after: (delayMs, task) => clock.after(delayMs, task),
  };
}
