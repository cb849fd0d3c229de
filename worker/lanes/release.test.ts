import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChunkId, OrgId, TurnId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { verifySpoken } from '#worker/audit/verify-spoken.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { ALLOW, type ControlPolicy, type SpeechDraft } from '#worker/policies/control-policy.ts';
import { noCardData } from '#worker/policies/no-card-data.ts';
import { SpeechRig, type RigOptions } from '#tests/fakes/speech-rig.ts';

const actor: Actor = { userId: 'u1' as UserId, orgId: 'o1' as OrgId, name: 'Morgan', role: 'supervisor' };
const rules = compileRules(
  [
    {
      name: 'soft',
      overridable: true,
      exceptOrigins: [],
      phrases: [{ phrase: 'full refund', reason: 'promised-refund' }],
    },
    {
      name: 'hard',
      overridable: false,
      exceptOrigins: [],
      phrases: [{ phrase: 'idiot', reason: 'insult' }],
    },
  ],
  [noCardData],
);
const turn = (turnId: string) => ({ lane: 'B', origin: 'reply', turnId: turnId as TurnId }) as const;

function call(options: Partial<RigOptions> = {}) {
  const rig = new SpeechRig({ rules, ...options });
  const say = (text: string, origin: 'reply' | 'rephrase' = 'reply'): void => {
    const utterance = rig.open({ ...turn('t1'), origin });
    rig.gate.draft(utterance, { text, citations: [], noteIds: [], toolFacts: [] });
    rig.gate.end(utterance);
  };
  const vetoed = (): ChunkId => {
    const event = rig.events.findLast(one => one.type === 'chunk.vetoed');
    if (!event) throw new Error('nothing was vetoed');
    return event.chunkId;
  };
  return { rig, say, vetoed };
}
const code = (expected: string): unknown =>
  expect.objectContaining({ body: expect.objectContaining({ code: expected }) });

describe('release of a refused sentence', () => {
  test('[GATE70][GATE73] what an overridable policy refused is said, with the release in the log, and the auditor agrees', async () => {
    const { rig, say, vetoed } = call();
    say('You will get a full refund. ');
    await rig.run(60);
    expect(rig.heardText).toBe('');
    const refused = vetoed();
    rig.release(refused);
    await rig.run(200);
    expect(rig.heardText).toBe('You will get a full refund. ');
    expect(rig.ledger.stateOf(refused)).toBe('vetoed');
    const types = rig.finish().map(event => event.type);
    expect(types.indexOf('chunk.overruled')).toBeLessThan(types.lastIndexOf('chunk.allowed'));
    expect(verifySpoken(rig.events)).toMatchObject({ verdict: 'pass', chunksHeard: 1 });
  });

  test('[GATE70] a sentence that a second policy refuses is not released, and a card number in it stays hidden', async () => {
    const both = call();
    both.say('Full refund, idiot. ');
    await both.rig.run(60);
    expect(() => both.rig.release(both.vetoed())).toThrow(code('chunk.not-overridable'));
    const card = call();
    card.say('A full refund to 4111 1111 1111 1111 then. ');
    await card.rig.run(60);
    card.rig.release(card.vetoed());
    await card.rig.run(200);
    expect(card.rig.heardText).toBe('A full refund to the card number then. ');
  });

  test('[GATE70] the words are judged as what they were: a policy for answers still holds', async () => {
    const forAnswers: ControlPolicy = {
      name: 'for-answers',
      budgetMs: 20,
      overridable: false,
      judge: ({ text, origin }) =>
        origin === 'reply' && text.includes('99') ? { kind: 'veto', reason: 'test' } : { kind: 'allow' },
    };
    let allows = true;
    const policies = [
      { ...forAnswers, judge: (draft: SpeechDraft) => (allows ? ALLOW : forAnswers.judge(draft)) },
    ];
    const { rig, say, vetoed } = call({ rules: { ...rules, policies } });
    say('A full refund of 99 then. ');
    await rig.run(60);
    // The policy comes into force between the refusal and the release.
    allows = false;
    rig.release(vetoed());
    await rig.run(200);
    expect(rig.heardText).toBe('');
  });

  test('[GATE71] it is refused after a cut, on a person’s floor, after something newer was heard, and the second time', async () => {
    const after = async (
      what: (one: ReturnType<typeof call>) => unknown,
      expected: string,
    ): Promise<void> => {
      const one = call();
      one.say('A full refund. ');
      await one.rig.run(60);
      await what(one);
      expect(() => one.rig.release(one.vetoed())).toThrow(code(expected));
    };
    await after(({ rig }) => rig.cut('barge-in'), 'chunk.too-late');
    await after(({ rig }) => rig.takeOver(), 'chunk.too-late');
    await after(async ({ rig, say }) => {
      say('I look for it. ', 'rephrase');
      await rig.run(100);
    }, 'chunk.too-late');
    await after(({ rig, vetoed }) => rig.release(vetoed()), 'chunk.not-overridable');
    const { rig, say } = call();
    say('Fine. ');
    await rig.run(20);
    rig.gate.draft(rig.gate.open(turn('t1')), { text: 'Wait. ', citations: [], noteIds: [], toolFacts: [] });
    await rig.clock.advanceAsync(1);
    const byHand = rig.gate.veto(null, actor);
    expect(() => rig.release(byHand.chunkId)).toThrow(code('chunk.not-overridable'));
  });

  test('[GATE72] the released sentence supersedes the rephrase, also one that is opened later', async () => {
    const { rig, say, vetoed } = call({ holdBackMs: 100 });
    say('A full refund. ');
    say('I look for it. ', 'rephrase');
    await rig.run(40);
    rig.release(vetoed());
    say('Something else. ', 'rephrase');
    await rig.run(600);
    expect(rig.heardText).toBe('A full refund. ');
  });

  test('[GATE74] no sequence of commands makes a refusal audible that nobody may overrule, nor one that was not recorded', async () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('say' as const),
        text: fc.constantFrom(
          'Fine. ',
          'A full refund. ',
          'You idiot. ',
          'Full refund, idiot. ',
          'An id',
          'iot. ',
        ),
        origin: fc.constantFrom('reply' as const, 'rephrase' as const),
      }),
      fc.record({
        do: fc.constantFrom('release', 'veto', 'hold', 'resume', 'cut', 'take-over', 'hand-back', 'wait'),
        at: fc.nat(8),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.boolean(), async (steps, diskFails) => {
        const { rig, say } = call(diskFails ? { durable: () => Promise.reject(new Error('disk')) } : {});
        for (const one of steps) {
          if (one.do === 'say') say(one.text, one.origin);
          else if (one.do === 'release') {
            const ids = [...rig.ledger.all()].map(chunk => chunk.chunkId);
            try {
              rig.release(ids[one.at % Math.max(1, ids.length)] ?? ('none' as ChunkId));
            } catch (error) {
              expect(AppError.is(error)).toBe(true);
            }
          } else if (one.do === 'veto' && rig.gate.next()) rig.gate.veto(null, actor);
          else if (one.do === 'hold') rig.gate.hold(() => undefined);
          else if (one.do === 'resume') rig.gate.resume();
          else if (one.do === 'cut') rig.cut('barge-in');
          else if (one.do === 'take-over' && rig.ledger.floor === 'ai') rig.takeOver();
          else if (one.do === 'hand-back' && rig.ledger.floor === 'human') rig.handBack();
          await rig.run(20);
        }
        rig.gate.resume();
        await rig.run(200);
        expect(rig.heardText.replaceAll(/[^a-z]/giu, '').toLowerCase()).not.toContain('idiot');
        if (diskFails) expect(rig.heardText).toBe('');
        expect(verifySpoken(rig.finish()).faults).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('slow-safe', () => {
  test('[GATE81] a longer wait holds back what waits already, and a shorter one lets it go', async () => {
    let holdBackMs = 100;
    const rig = new SpeechRig({ rules, holdBackMs: () => holdBackMs });
    const utterance = rig.open(turn('t1'));
    rig.gate.draft(utterance, { text: 'Fine. ', citations: [], noteIds: [], toolFacts: [] });
    await rig.run(60);
    holdBackMs = 1500;
    rig.gate.holdBackChanged();
    await rig.run(1000);
    expect(rig.heardText).toBe('');
    holdBackMs = 0;
    rig.gate.holdBackChanged();
    await rig.run(40);
    expect(rig.heardText).toBe('Fine. ');
  });
});
