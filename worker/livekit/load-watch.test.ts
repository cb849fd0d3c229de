import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '#worker/entry/system-clock.ts';
import { DEFAULT_LOAD_LIMITS } from './load.ts';
import { watchLoad, type LoadWatch } from './load-watch.ts';

let watch: LoadWatch | null = null;
afterEach(() => watch?.stop());

test(
  '[CAP6] a loop that is blocked again and again is late, and the host refuses until it is easy again',
  { timeout: 60_000 },
  async () => {
    let calls = 1;
    let draining = false;
    watch = watchLoad({ clock: systemClock, calls: () => calls, draining: () => draining });
    const blocking = setInterval(() => {
      const until = performance.now() + 2 * DEFAULT_LOAD_LIMITS.lateMs;
      while (performance.now() < until);
    }, 200);
    const { refusal, loopLagMs } = watch;
    await vi.waitFor(() => expect(refusal()).toBe('late'), { timeout: 20_000 });
    expect(loopLagMs()).toBeGreaterThan(DEFAULT_LOAD_LIMITS.lateMs);
    clearInterval(blocking);
    await vi.waitFor(() => expect(refusal()).toBeNull(), { timeout: 30_000 });
    expect(loopLagMs()).toBeLessThan(DEFAULT_LOAD_LIMITS.lateMs);
    calls = DEFAULT_LOAD_LIMITS.maxCalls;
    expect(refusal()).toBe('full');
    draining = true;
    expect([refusal(), watch.load()]).toEqual(['draining', 1]);
  },
);
