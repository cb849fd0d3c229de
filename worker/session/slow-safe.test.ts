import { expect, test } from 'vitest';
import { supervisionCommandSchema } from '#shared/protocol/supervision.ts';
import { COVER_FROM_MS, SlowSafe } from './slow-safe.ts';

test('[GATE80] a call has the wait of its org until a supervisor sets its own, and can have it back', () => {
  const slowSafe = new SlowSafe(300);
  expect(slowSafe.holdBackMs('reply')).toBe(300);
  slowSafe.set(1500);
  expect(slowSafe.holdBackMs('rephrase')).toBe(1500);
  slowSafe.set(null);
  expect(slowSafe.holdBackMs('reply')).toBe(300);
  const command = (holdBackMs: number): boolean =>
    supervisionCommandSchema.safeParse({
      callId: 'call',
      commandId: 'command',
      verb: 'set-hold-back',
      args: { holdBackMs },
    }).success;
  expect([0, 1500, 1501, -1].map(command)).toEqual([true, true, false, false]);
});

test('[GATE81] what is said on purpose never waits', () => {
  const slowSafe = new SlowSafe(0);
  slowSafe.set(1500);
  for (const origin of ['say-now', 'override', 'bridge', 'reflex', 'fallback', 'greeting'] as const)
    expect(slowSafe.holdBackMs(origin)).toBe(0);
});

test('[GATE82] an acknowledgement covers a long wait, and has no place before an answer that is near', () => {
  const slowSafe = new SlowSafe(0);
  expect([null, COVER_FROM_MS, COVER_FROM_MS - 1].map(leadMs => slowSafe.covers(leadMs))).toEqual([
    true,
    true,
    false,
  ]);
});
