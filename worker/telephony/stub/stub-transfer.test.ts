import { describe, expect, test } from 'vitest';
import type { TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { startStubTransfer } from './stub-transfer.ts';
import { COLLEAGUE_STAY_MS, TRANSFER_RING_MS } from './transfer-script.ts';

function started(target: string) {
  const clock = createVirtualClock();
  const told: string[] = [];
  const transfer = startStubTransfer('call-1' as CallId, target, {
    clock,
    tell: event => told.push(wordsOf(event)),
    onTaken: () => told.push('taken'),
    onOver: () => told.push('over'),
  });
  const answer = transfer.answered.catch(() => 'rejected' as const);
  return { clock, told, transfer, answer };
}

function wordsOf(event: TelephonyEvent): string {
  if (event.type === 'call.transfer-requested') return event.outcome ?? 'open';
  if (event.type === 'call.parked') return `parked ${event.with}`;
  return event.type === 'call.unparked' ? `unparked ${event.cause}` : event.type;
}

describe('a transfer of a scripted call', () => {
  test.each([
    ['+4930111', 'accepted', ['open', 'accepted', 'over', 'taken']],
    ['+4930486', 'rejected', ['open', 'refused', 'over']],
    ['+4930202', 'uncertain', ['open', 'uncertain', 'over']],
    ['+4930200', 'accepted', ['open', 'parked hold', 'accepted', 'parked colleague']],
  ])('[TEL28] %s is %s', async (target, outcome, all) => {
    const { clock, told, answer } = started(target);
    await clock.advanceAsync(TRANSFER_RING_MS - 1);
    expect(told).not.toContain('over');
    expect(told[0]).toBe('open');
    await clock.advanceAsync(1);
    expect(await answer).toBe(outcome);
    expect(told).toEqual(all);
  });

  test('[TEL9] says when the colleague has left', async () => {
    const { clock, told } = started('+4930200');
    await clock.advanceAsync(TRANSFER_RING_MS + COLLEAGUE_STAY_MS - 1);
    expect(told).not.toContain('unparked colleague-left');
    await clock.advanceAsync(1);
    expect(told.slice(-2)).toEqual(['unparked colleague-left', 'over']);
  });

  test('[TEL28] a call that ends while it rings ends it as refused, and nothing comes after', async () => {
    const { clock, told, transfer, answer } = started('+4930200');
    transfer.stop();
    expect(await answer).toBe('rejected');
    await clock.advanceAsync(TRANSFER_RING_MS + COLLEAGUE_STAY_MS);
    expect(told).toEqual(['open', 'parked hold', 'refused']);
  });
});
