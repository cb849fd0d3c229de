import { beforeEach, describe, expect, test } from 'vitest';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { CallTransfer } from './call-transfer.ts';

const MORGAN: Actor = {
  userId: 'sup-1' as UserId,
  orgId: 'org-1' as OrgId,
  name: 'Morgan Reyes',
  role: 'supervisor',
};

let told: CallEventDraft[];
let done: string[];
let holder: UserId | null;
let answer: PromiseWithResolvers<'accepted' | 'uncertain'>;
let transfer: CallTransfer;
beforeEach(() => {
  told = [];
  done = [];
  holder = null;
  answer = Promise.withResolvers();
  transfer = new CallTransfer({
    append: draft => told.push(draft),
    holder: () => holder,
    transfer: target => (done.push(`ask ${target}`), answer.promise),
    park: () => done.push('park'),
    colleague: hasCaller => done.push(`colleague ${String(hasCaller)}`),
    unpark: cause => done.push(`unpark ${cause}`),
  });
});

const refusedAsk = (): unknown => {
  try {
    transfer.ask('+4931', MORGAN);
  } catch (error) {
    return error;
  }
  return null;
};

describe('a transfer', () => {
  test('[SUP70] is asked of the line once, and a second one waits for its end', async () => {
    transfer.ask('+4930', MORGAN);
    expect(done).toEqual(['ask +4930']);
    expect(refusedAsk()).toMatchObject({ body: { code: 'command.conflict' } });
    answer.reject(appError('telephony.transfer-refused', 'The target did not answer.'));
    await expect.poll(() => told.length).toBe(2);
    expect(told[1]).toMatchObject({ outcome: 'refused', code: 'telephony.transfer-refused' });
    expect(refusedAsk()).toBeNull();
  });

  test('[SUP70] is not for somebody who watches while another person has the call', () => {
    holder = 'sup-2' as UserId;
    expect(refusedAsk()).toMatchObject({ body: { code: 'lease.held-by-other' } });
    holder = MORGAN.userId;
    expect(refusedAsk()).toBeNull();
  });

  test('[SUP74] a refusal parks nobody', async () => {
    transfer.ask('+4930', MORGAN);
    transfer.lineTold({ target: '+4930', outcome: null });
    transfer.lineTold({ target: '+4930', outcome: 'refused' });
    answer.reject(appError('telephony.transfer-refused', 'The target did not answer.'));
    await Promise.allSettled([answer.promise]);
    expect(done).toEqual(['ask +4930']);
    expect(transfer.parked).toBe(false);
    expect(told).toHaveLength(2);
  });

  test('[SUP72][SUP73] the AI is parked once, before it is written down, and given back once', () => {
    transfer.park('hold', '+4930');
    transfer.park('colleague', '+4930');
    expect([done, transfer.parked]).toEqual([['park', 'colleague true'], true]);
    expect(refusedAsk()).toMatchObject({ body: { code: 'command.conflict' } });
    transfer.unpark('colleague-left');
    transfer.unpark('colleague-left');
    expect([done, transfer.parked]).toEqual([
      ['park', 'colleague true', 'colleague false', 'unpark colleague-left'],
      false,
    ]);
    expect(told.map(({ type }) => type)).toEqual(['call.parked', 'call.parked', 'call.unparked']);
  });

  test('[SUP71] a call that ends by it says so first, and nothing is told after the end', async () => {
    transfer.ask('+4930', MORGAN);
    transfer.end(true);
    answer.resolve('uncertain');
    await answer.promise;
    transfer.lineTold({ target: '+4930', outcome: 'accepted' });
    transfer.unpark('colleague-left');
    expect(told).toMatchObject([{ outcome: null }, { outcome: 'accepted' }]);
  });
});
