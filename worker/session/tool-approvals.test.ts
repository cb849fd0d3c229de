import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { UserId, OrgId } from '#shared/domain/ids.ts';
import { may, type Actor } from '#shared/domain/roles.ts';
import { VERB_CAPABILITY } from '#shared/protocol/supervision.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import { NOBODY_YET, stepApproval, type ApprovalInput } from '#worker/tools/approval-machine.ts';
import { defineTool } from '#worker/tools/tool-definition.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';
import { toolContext } from '#tests/fakes/tool-context.ts';
import { createVirtualClock, settle } from '#tests/fakes/virtual-clock.ts';
import { stepPastApprovals, type PastApprovals } from './past-approvals.ts';
import { APPROVAL_SENTENCES, APPROVAL_TTL_MS, ToolApprovals } from './tool-approvals.ts';

const person = (userId: string): Actor => ({
  userId: userId as UserId,
  orgId: 'org' as OrgId,
  name: userId,
  role: 'supervisor',
});
const maya = person('maya');
const jun = person('jun');
const withCard = { tool: 'pay', args: { amount: '20', card: '4111 1111 1111 1111' } };
const harmless = { tool: 'pay', args: { amount: '20', card: 'on file' } };

function bench(call = withCard) {
  const clock = createVirtualClock();
  const written: CallEventDraft[] = [];
  const said: string[] = [];
  let paid = 0;
  const pay = defineTool({
    name: 'pay',
    description: 'pays',
    effect: 'changes',
    input: z.strictObject({ amount: z.string(), card: z.string() }),
    output: z.strictObject({ receipt: z.string() }),
    facts: ({ receipt }) => [{ name: 'receipt', value: receipt }],
    run: () => Promise.resolve({ receipt: String((paid += 1)) }),
  });
  let ids = 0;
  const approvals = new ToolApprovals({
    tools: new ToolRegistry([pay], ['pay']),
    clock,
    newId: () => `id-${String((ids += 1))}`,
    append: draft => void written.push(draft),
    say: text => void said.push(text),
  });
  const context = toolContext({ append: draft => void written.push(draft) });
  const ask = () => {
    const outcome = approvals.request(call, context);
    const asked = written.find(draft => draft.type === 'approval.requested');
    if (asked?.type !== 'approval.requested') throw new Error('nothing was asked');
    return { outcome, ...asked };
  };
  return {
    clock,
    written,
    said,
    approvals,
    ask,
    again: () => approvals.request(call, context),
    restore: (past: PastApprovals) => approvals.restore(past, () => context),
    paid: () => paid,
  };
}

describe('two people', () => {
  test('[TOOL40][TOOL43][TOOL44] two who saw the same payload make it run, and the caller hears of it', async () => {
    const { approvals, ask, paid, said, written } = bench();
    const { outcome, approvalId, requestHash, redactedRequest, needs } = ask();
    expect(outcome).toMatchObject({ status: 'pending', facts: [] });
    expect(needs).toBe(2);
    expect(redactedRequest).not.toContain('1111');
    approvals.vote('approve', approvalId, requestHash, maya);
    await settle();
    expect(paid()).toBe(0);
    approvals.vote('approve', approvalId, requestHash, jun);
    await settle();
    expect(paid()).toBe(1);
    expect(said).toEqual([APPROVAL_SENTENCES.done]);
    expect(written.map(({ type }) => type)).toEqual([
      'approval.requested',
      'approval.given',
      'approval.given',
      'approval.settled',
      'tool.finished',
    ]);
    expect(written.at(-1)).toMatchObject({ status: 'ok', requestHash });
    // The same wish again is the same call: its result, and no second one.
    expect(ask().outcome).toMatchObject({ status: 'ok', facts: [{ name: 'receipt', value: '1' }] });
    await settle();
    expect(paid()).toBe(1);
  });

  test('[TOOL41] one person twice is one, a refusal ends it, and what is settled stays', async () => {
    const { approvals, ask, paid, said } = bench();
    const { approvalId, requestHash } = ask();
    approvals.vote('approve', approvalId, requestHash, maya);
    expect(() => approvals.vote('approve', approvalId, requestHash, maya)).toThrow(/another person/u);
    approvals.vote('refuse', approvalId, null, jun);
    expect(() => approvals.vote('approve', approvalId, requestHash, jun)).toThrow(/decided already/u);
    expect(() => approvals.vote('approve', 'no-such', requestHash, jun)).toThrow(/Nothing/u);
    await settle();
    expect(paid()).toBe(0);
    expect(said).toEqual([APPROVAL_SENTENCES.refused]);
    expect(ask().outcome.status).toBe('refused');
  });

  test('[TOOL44] who saw another payload has not agreed to this one', () => {
    const { approvals, ask, written } = bench();
    const { approvalId } = ask();
    expect(() => approvals.vote('approve', approvalId, 'f'.repeat(64), maya)).toThrow(/Look at it again/u);
    expect(written.map(({ type }) => type)).toEqual(['approval.requested']);
  });

  test('[TOOL42] nobody is waited for beyond the limit, and nothing runs after the call', async () => {
    const late = bench();
    const { approvalId, requestHash } = late.ask();
    late.approvals.vote('approve', approvalId, requestHash, maya);
    await late.clock.advanceAsync(APPROVAL_TTL_MS);
    expect(late.written.at(-1)).toMatchObject({ type: 'approval.settled', outcome: 'expired' });
    expect(() => late.approvals.vote('approve', approvalId, requestHash, jun)).toThrow(/decided already/u);
    expect(late.said).toEqual([APPROVAL_SENTENCES.expired]);
    const over = bench();
    over.ask();
    over.approvals.close();
    expect(over.written.at(-1)).toMatchObject({ type: 'approval.settled', outcome: 'call-ended' });
    await over.clock.advanceAsync(APPROVAL_TTL_MS * 2);
    expect([late.paid(), over.paid(), over.said.length]).toEqual([0, 0, 0]);
  });

  /** The log of a call on its first host, as the next one reads it. */
  const pastOf = (written: readonly CallEventDraft[], atMs: number) =>
    written.reduce(
      (all, draft) => stepPastApprovals(all, { atMs, ...draft } as CallEvent),
      [] as PastApprovals,
    );

  test('[TOOL46] what waits goes on waiting elsewhere: with who has agreed, for the time that is left', async () => {
    const before = bench(harmless);
    const { approvalId, requestHash } = before.ask();
    before.approvals.vote('approve', approvalId, requestHash, maya);
    const past = pastOf(before.written, before.clock.now());
    const agreed = bench(harmless);
    expect(agreed.restore(past)).toEqual([]);
    expect(() => agreed.approvals.vote('approve', approvalId, requestHash, maya)).toThrow(/another person/u);
    agreed.approvals.vote('approve', approvalId, requestHash, jun);
    await settle();
    expect([agreed.paid(), agreed.said]).toEqual([1, [APPROVAL_SENTENCES.done]]);
    const late = bench(harmless);
    await late.clock.advanceAsync(APPROVAL_TTL_MS - 1000);
    late.restore(past);
    await late.clock.advanceAsync(1000);
    expect([late.paid(), late.said]).toEqual([0, [APPROVAL_SENTENCES.expired]]);
  });

  test('[TOOL46] a request that the log holds only in part is never run from it', () => {
    const before = bench();
    const { approvalId, requestHash } = before.ask();
    const after = bench();
    expect(after.restore(pastOf(before.written, 0))).toEqual([APPROVAL_SENTENCES.expired]);
    expect(after.written).toEqual([{ type: 'approval.settled', approvalId, outcome: 'expired' }]);
    expect(() => after.approvals.vote('approve', approvalId, requestHash, maya)).toThrow(/decided already/u);
  });

  test('[TOOL46] what was agreed to runs once: with a result it is that, without one it is not run again', async () => {
    const before = bench(harmless);
    const { approvalId, requestHash } = before.ask();
    for (const who of [maya, jun]) before.approvals.vote('approve', approvalId, requestHash, who);
    const lost = bench(harmless);
    expect(lost.restore(pastOf(before.written, 0))).toEqual([APPROVAL_SENTENCES.unknown]);
    expect(lost.again().status).toBe('pending');
    await settle();
    const done = bench(harmless);
    expect(done.restore(pastOf(before.written, 0))).toEqual([]);
    expect(done.again()).toMatchObject({ status: 'ok', facts: [{ name: 'receipt', value: '1' }] });
    await settle();
    expect([lost.paid(), done.paid(), lost.written, done.written]).toEqual([0, 0, [], []]);
  });

  test('[TOOL40][TOOL41] over any order of votes only two different people approve, and only once', () => {
    const input: fc.Arbitrary<ApprovalInput> = fc.oneof(
      fc.record({
        type: fc.constant('approve' as const),
        userId: fc.constantFrom('a', 'b', 'c'),
        samePayload: fc.boolean(),
      }),
      fc.record({ type: fc.constant('refuse' as const), userId: fc.constantFrom('a', 'b') }),
      fc.record({ type: fc.constantFrom('expire' as const, 'end-call' as const) }),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 12 }), inputs => {
        let state = NOBODY_YET;
        let settled = 0;
        const honest = new Set<string>();
        for (const one of inputs) {
          const before = state;
          state = stepApproval(state, one, 2).state;
          if (before.name === 'waiting' && one.type === 'approve' && one.samePayload) honest.add(one.userId);
          if (before.name === 'waiting' && state.name === 'settled') settled += 1;
          if (before.name === 'settled') expect(state).toBe(before);
        }
        expect(settled).toBeLessThanOrEqual(1);
        if (state.name === 'settled' && state.outcome === 'approved') expect(honest.size).toBe(2);
      }),
    );
  });

  test('[TOOL45] agents may not agree, supervisors may', () => {
    for (const verb of ['approve-tool', 'refuse-tool'] as const) {
      expect(may('agent', VERB_CAPABILITY[verb])).toBe(false);
      expect(may('supervisor', VERB_CAPABILITY[verb])).toBe(true);
    }
  });
});
