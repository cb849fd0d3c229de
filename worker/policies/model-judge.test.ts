import { describe, expect, test } from 'vitest';
import type { AuditId, ChunkId } from '#shared/domain/ids.ts';
import { policySchema, type PolicyOf } from '#shared/domain/policy-document.ts';
import { compileRules, openGate, type GateOutcome } from '#worker/lanes/control/control-gate.ts';
import { createVirtualClock, settle } from '#tests/fakes/virtual-clock.ts';
import { createModelJudge, type AskJudge, type JudgeQuestion } from './model-judge.ts';

async function judged(ask: AskJudge, more: object = {}, origin: 'reply' | 'say-now' = 'reply') {
  const rules = policySchema.parse({
    kind: 'model-judge',
    name: 'no-gossip',
    instruction: 'Refuse gossip about anybody.',
    budgetMs: 400,
    ...more,
  }) as PolicyOf<'model-judge'>;
  const clock = createVirtualClock();
  const outcomes: GateOutcome[] = [];
  const questions: JudgeQuestion[] = [];
  const asking: AskJudge = question => {
    questions.push(question);
    return ask(question);
  };
  const gate = openGate(
    compileRules([], [createModelJudge(rules, asking)], 'shop@3'),
    { origin },
    { clock, auditId: () => 'audit' as AuditId, onOutcome: outcome => outcomes.push(outcome) },
  );
  const citations = [{ kind: 'document', sourceId: 'd', title: 'D', quote: 'A source.' }] as const;
  gate.draft({
    chunkId: 'c' as ChunkId,
    text: 'It is here. ',
    origin,
    citations,
    toolFacts: [{ name: 'order', value: '4711' }],
  });
  await settle();
  await clock.advanceAsync(400);
  return { outcome: outcomes[0], questions };
}
const never: AskJudge = () => new Promise(() => undefined);
const broken: AskJudge = () => Promise.reject(new Error('broken'));

describe('model judge', () => {
  test.each([
    [never, 'veto', 'veto', 'judge-late'],
    [broken, 'veto', 'veto', 'judge-failed'],
    [never, 'allow', 'allow', 'judge-late'],
    [broken, 'allow', 'allow', 'judge-failed'],
  ])('[POL40] %s with onFailure %s: %s, %s', async (ask, onFailure, decision, reason) => {
    const { outcome } = await judged(ask, { onFailure });
    expect(outcome?.decision).toBe(decision);
    expect(outcome?.verdicts).toMatchObject([{ policy: 'no-gossip', decision, reason }]);
  });

  test('[POL41] a refusal is a veto with its reason; prose is no reason', async () => {
    const refusing =
      (reason: string): AskJudge =>
      () =>
        Promise.resolve({ refuse: true, reason });
    expect((await judged(refusing('about-a-person'))).outcome?.veto?.reason).toBe('about-a-person');
    expect((await judged(refusing('It tells tales.'))).outcome?.veto?.reason).toBe('model-refused');
    const fine: AskJudge = () => Promise.resolve({ refuse: false, reason: 'fine' });
    const { outcome, questions } = await judged(fine);
    expect(outcome?.decision).toBe('allow');
    expect(questions).toEqual([
      {
        model: 'gpt-4.1-mini',
        instruction: 'Refuse gossip about anybody.',
        text: 'It is here. ',
        sources: ['A source.', 'order: 4711'],
        budgetMs: 400,
      },
    ]);
  });

  test('[POL42] exempt speech asks nobody', async () => {
    const { outcome, questions } = await judged(never, { exceptOrigins: ['say-now'] }, 'say-now');
    expect([outcome?.decision, questions]).toEqual(['allow', []]);
  });

  test('[POL4] every verdict names the documents it was given by', async () => {
    const { outcome } = await judged(broken);
    expect(outcome?.verdicts.map(verdict => verdict.documentVersion)).toEqual(['shop@3']);
  });
});
