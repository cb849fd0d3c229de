import { describe, expect, test } from 'vitest';
import type { AuditId, ChunkId } from '#shared/domain/ids.ts';
import type { ControlPolicy, ControlVerdict } from '#worker/policies/control-policy.ts';
import { createVirtualClock, settle } from '#tests/fakes/virtual-clock.ts';
import { compileRules, openGate, type GateOutcome } from './control-gate.ts';

const unused = [
  { name: 'unused', overridable: false, exceptOrigins: [], phrases: [{ phrase: 'zzzzzz', reason: 'z' }] },
];

function judged(policies: readonly ControlPolicy[], setAside?: ReadonlySet<string>) {
  const clock = createVirtualClock();
  const outcomes: GateOutcome[] = [];
  const gate = openGate(
    compileRules(unused, policies),
    { origin: 'reply', ...(setAside ? { setAside } : {}) },
    { clock, auditId: () => 'audit' as AuditId, onOutcome: outcome => outcomes.push(outcome) },
  );
  gate.draft({
    chunkId: 'chunk' as ChunkId,
    text: 'Anything. ',
    origin: 'reply',
    citations: [],
    toolFacts: [],
  });
  return { clock, outcomes };
}

const policy = (
  name: string,
  judge: ControlPolicy['judge'],
  more: Partial<ControlPolicy> = {},
): ControlPolicy => ({ name, budgetMs: 50, overridable: false, judge, ...more });
const refuses = (): ControlVerdict => ({ kind: 'veto', reason: 'test' });

describe('verdicts that are none', () => {
  test.each([
    ['nothing', undefined],
    ['an unknown word', { kind: 'ok' }],
    ['a redaction of nothing', { kind: 'redact', spans: [], replacement: '', reason: 'r' }],
    ['a redaction outside the text', { kind: 'redact', spans: [[5, 500]], replacement: '', reason: 'r' }],
    ['a redaction backwards', { kind: 'redact', spans: [[5, 2]], replacement: '', reason: 'r' }],
    ['a redaction without figures', { kind: 'redact', spans: [[NaN, 3]], replacement: '', reason: 'r' }],
  ])('[GATE62] %s is a veto', async (_name, answer) => {
    for (const judge of [() => answer, () => Promise.resolve(answer)]) {
      const { outcomes } = judged([policy('broken', judge as ControlPolicy['judge'])]);
      await settle();
      expect(outcomes[0]?.veto?.reason).toBe('judge-failed');
    }
  });

  test('[GATE62] an answer that arrives after its budget is late, although no timer could fire before it', async () => {
    let answer: (verdict: ControlVerdict) => void = () => undefined;
    const late = judged([policy('slow', () => new Promise(resolve => (answer = resolve)))]);
    // The process stands still for a minute: the answer is read before the timer is.
    let nowMono = 0;
    Object.assign(late.clock, { mono: () => nowMono });
    nowMono = 60_000;
    answer({ kind: 'allow' });
    await settle();
    expect(late.outcomes[0]?.veto?.reason).toBe('judge-late');
  });
});

describe('several vetoes', () => {
  test('[GATE61] one that nobody may overrule speaks for all, wherever it stands', () => {
    const soft = policy('soft', refuses, { overridable: true });
    const hard = policy('hard', refuses);
    for (const policies of [
      [soft, hard],
      [hard, soft],
    ]) {
      const { outcomes } = judged(policies);
      expect(outcomes[0]?.veto).toMatchObject({ policy: 'hard', overridable: false });
    }
    expect(judged([soft]).outcomes[0]?.veto).toMatchObject({ policy: 'soft', overridable: true });
  });

  test('[GATE70] only what is overridable can be set aside: not another policy, not one that was late or broken', async () => {
    const aside = new Set(['soft', 'hard', 'broken']);
    const soft = policy('soft', refuses, { overridable: true });
    const { outcomes } = judged([soft], aside);
    expect(outcomes[0]).toMatchObject({ decision: 'allow', veto: null });
    expect(outcomes[0]?.verdicts.find(verdict => verdict.policy === 'soft')).toMatchObject({
      decision: 'allow',
      reason: 'set-aside-by-supervisor',
    });
    expect(judged([soft, policy('hard', refuses)], aside).outcomes[0]?.veto?.policy).toBe('hard');
    const broken = judged(
      [policy('broken', () => Promise.reject(new Error('broken')), { overridable: true })],
      aside,
    );
    await settle();
    expect(broken.outcomes[0]?.veto?.reason).toBe('judge-failed');
  });
});
