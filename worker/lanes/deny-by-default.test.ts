import { describe, expect, test } from 'vitest';
import type { ChunkId, OrgId, TurnId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { compileRules, type GateOutcome } from '#worker/lanes/control/control-gate.ts';
import type { DraftPart } from '#worker/lanes/speech-gate.ts';
import type { ControlPolicy } from '#worker/policies/control-policy.ts';
import { noCardData } from '#worker/policies/no-card-data.ts';
import { SpeechRig } from '#tests/fakes/speech-rig.ts';

const actor: Actor = { userId: 'u1' as UserId, orgId: 'o1' as OrgId, name: 'Morgan', role: 'supervisor' };
const part = (text: string): DraftPart => ({ text, citations: [], noteIds: [], toolFacts: [] });
const reply = { lane: 'B', origin: 'reply', turnId: null } as const;
const rules = compileRules(
  [
    {
      name: 'no-refund-promise',
      overridable: true,
      exceptOrigins: [],
      phrases: [{ phrase: 'you will get a full refund', reason: 'promised-refund' }],
    },
  ],
  [noCardData],
);

describe('deny by default', () => {
  const wrong: readonly [string, Partial<GateOutcome>][] = [
    ['a veto without a reason', { decision: 'veto', text: '' }],
    ['an allowance of another text', { decision: 'allow', text: 'Something else. ' }],
    ['an unknown word', { decision: 'ok' as 'allow', text: 'Fine. ' }],
    ['a redaction without a text', { decision: 'redact', text: undefined as unknown as string }],
  ];
  test.each(wrong)('[GATE60] %s is a veto', async (_name, outcome) => {
    const rig = new SpeechRig({
      rules,
      openGate: (_spec, onOutcome) => ({
        draft: ({ chunkId }) =>
          onOutcome({
            chunkId,
            decision: 'allow',
            text: '',
            verdicts: [],
            veto: null,
            judgeMs: 0,
            ...outcome,
          }),
        end: () => undefined,
        abort: () => undefined,
      }),
    });
    rig.gate.draft(rig.open(reply), part('Fine. '));
    await rig.run(200);
    expect(rig.heardText).toBe('');
    expect(rig.events.find(event => event.type === 'chunk.vetoed')).toMatchObject({ reason: 'judge-failed' });
  });

  test('[GATE69] a veto of a released sentence stops the sentences after it, also when their audio waits', async () => {
    const rig = new SpeechRig({ rules });
    const utterance = rig.open(reply);
    for (const text of ['One, which is quite a bit longer. ', 'Two. ', 'Three. '])
      rig.gate.draft(utterance, part(text));
    rig.gate.end(utterance);
    await rig.run(20);
    const [, second, third] = [...rig.ledger.all()];
    expect(third?.state).not.toBe('drafted');
    rig.gate.veto(second?.chunkId as ChunkId, actor);
    await rig.run(400);
    expect(rig.heardText).toBe('One, which is quite a bit longer. ');
    expect([...rig.ledger.all()].map(chunk => chunk.state)).toEqual(['spoken', 'vetoed', 'withheld']);
  });

  test('[GATE67] what was released for an answer that is cancelled does not sound afterwards', async () => {
    const rig = new SpeechRig({ rules });
    const turnId = 'turn-1' as TurnId;
    const utterance = rig.open({ ...reply, turnId });
    rig.gate.draft(utterance, part('Out of date. '));
    await rig.clock.advanceAsync(1);
    rig.gate.stopTurn(turnId, 'speech-resumed');
    await rig.run(200);
    expect(rig.heardText).toBe('');
    expect(rig.events.at(-1)).toMatchObject({ type: 'chunk.withheld', cause: 'speech-resumed' });
  });
});

describe('the last look', () => {
  const two = async (first: string, second: string): Promise<SpeechRig> => {
    const rig = new SpeechRig({ rules });
    for (const text of [first, second]) {
      const utterance = rig.open(reply);
      rig.gate.draft(utterance, part(text));
      rig.gate.end(utterance);
      await rig.run(200);
    }
    return rig;
  };

  test('[GATE66] a promise that two utterances make together is not heard', async () => {
    const rig = await two('You will get a', 'full refund. ');
    expect(rig.heardText).toBe('You will get a');
    expect(rig.events.find(event => event.type === 'chunk.vetoed')).toMatchObject({
      policy: 'no-refund-promise',
      overridable: false,
    });
  });

  test('[GATE66] nor is a card number; sentences that have nothing to do with each other are', async () => {
    expect((await two('It is 4111 1111.', '1111 1111 ')).heardText).toBe('It is 4111 1111.');
    expect((await two('Order 4711 is ready. ', 'It is 12 by 30. ')).heardText).toBe(
      'Order 4711 is ready. It is 12 by 30. ',
    );
  });

  test('[GATE66] a redaction that joins what it leaves does not make a promise', async () => {
    const cutOut: ControlPolicy = {
      name: 'cut-out',
      budgetMs: 20,
      overridable: false,
      judge: ({ text }) =>
        text.includes('XYZ')
          ? {
              kind: 'redact',
              spans: [[text.indexOf('XYZ'), text.indexOf('XYZ') + 3]],
              replacement: '',
              reason: 'test',
            }
          : { kind: 'allow' },
    };
    const rig = new SpeechRig({ rules: { ...rules, policies: [cutOut] } });
    const utterance = rig.open(reply);
    rig.gate.draft(utterance, part('You will get a full XYZrefund. '));
    rig.gate.end(utterance);
    await rig.run(200);
    expect(rig.heardText).toBe('');
  });
});
