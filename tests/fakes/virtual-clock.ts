import type { Clock } from '#shared/domain/clock.ts';
import type { EpochMs, MonoMs } from '#shared/domain/units.ts';

export interface VirtualClock extends Clock {
  /** Lets time pass; timers that come due run in order of their time, then of their making. */
  advance(byMs: number): void;
  /** The same, and lets promises settle between timers. */
  advanceAsync(byMs: number): Promise<void>;
}

/** A clock that stands still until a test moves it. */
export function createVirtualClock(startEpochMs = 1_800_000_000_000): VirtualClock {
  let nowMono = 0;
  let made = 0;
  const timers = new Set<{ readonly at: number; readonly order: number; readonly task: () => void }>();

  const nextDue = (until: number) =>
    [...timers].filter(timer => timer.at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];
  const fire = (until: number): boolean => {
    const timer = nextDue(until);
    if (!timer) {
      nowMono = until;
      return false;
    }
    timers.delete(timer);
    nowMono = Math.max(nowMono, timer.at);
    timer.task();
    return true;
  };
  return {
    now: () => (startEpochMs + nowMono) as EpochMs,
    mono: () => nowMono as MonoMs,
    after: (delayMs, task) => {
      const timer = { at: nowMono + Math.max(0, delayMs), order: made++, task };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: byMs => {
      const until = nowMono + byMs;
      while (fire(until));
    },
    advanceAsync: async byMs => {
      const until = nowMono + byMs;
      for (;;) {
        await settle();
        if (!fire(until)) return settle();
      }
    },
  };
}

/** Lets every promise that can settle without time do so. */
export async function settle(): Promise<void> {
  await new Promise<void>(resolve => setImmediate(resolve));
}
