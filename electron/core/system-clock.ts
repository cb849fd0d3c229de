import type { Clock } from '#shared/domain/clock.ts';
import type { EpochMs, MonoMs } from '#shared/domain/units.ts';

/** The clocks of the desk. */
export const systemClock: Clock = {
  now: () => Date.now() as EpochMs,
  mono: () => performance.now() as MonoMs,
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
