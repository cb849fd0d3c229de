import { expect, test } from 'vitest';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { steadyClock } from './steady-clock.ts';
import type { EpochMs } from './units.ts';

test('[DAY15] its wall time moves with the monotonic clock, whatever is done to the system’s', () => {
  const clock = createVirtualClock(1_800_000_000_000);
  let jumpMs = 0;
  const steady = steadyClock({ ...clock, now: () => (clock.now() + jumpMs) as EpochMs });
  expect(steady.now()).toBe(1_800_000_000_000);
  jumpMs = -3_600_000;
  clock.advance(250);
  expect(steady.now()).toBe(1_800_000_000_250);
  jumpMs = 86_400_000;
  clock.advance(250);
  expect(steady.now()).toBe(1_800_000_000_500);
  expect(steady.mono()).toBe(500);
  clock.advance(0.4);
  expect(steady.now()).toBe(1_800_000_000_500);
});
