import { expect, test } from 'vitest';
import type { ChunkRecord } from '#worker/lanes/chunk-ledger.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import type { ControlPolicy } from '#worker/policies/control-policy.ts';
import { VoicePath } from './voice-path.ts';
import { voiced } from '#tests/fakes/readable-voice.ts';
import { SpeechRig } from '#tests/fakes/speech-rig.ts';

test('[GATE65] a clip whose phrase the gate has changed is not played; the changed words are voiced', async () => {
  const hides: ControlPolicy = {
    name: 'hides',
    budgetMs: 20,
    overridable: false,
    judge: ({ text }) =>
      text.startsWith('Sorry')
        ? { kind: 'redact', spans: [[0, 5]], replacement: 'Well', reason: 'test' }
        : { kind: 'allow' },
  };
  const rig = new SpeechRig({
    rules: {
      ...compileRules(
        [
          {
            name: 'unused',
            overridable: false,
            exceptOrigins: [],
            phrases: [{ phrase: 'zzz', reason: 'z' }],
          },
        ],
        [hides],
      ),
    },
  });
  rig.own.reflex('One moment.', voiced('ONE MOMENT.'));
  await rig.run(100);
  expect(rig.heardText).toBe('ONE MOMENT.');
  rig.own.reflex('Sorry to hear that.', voiced('SORRY TO HEAR THAT.'));
  await rig.run(100);
  expect(rig.heardText).toBe('ONE MOMENT.Well to hear that.');
});

test('[GATE64] a chunk that was stopped after its release goes to no voice', async () => {
  const asked: string[] = [];
  const path = new VoicePath({
    voice: {
      name: 'counting',
      synthesise: text => {
        asked.push(text);
        return Promise.resolve(voiced(text));
      },
    },
    nowMono: () => 0,
    onVoiced: () => undefined,
    onFailed: () => undefined,
  });
  const chunk = { text: 'One. ', state: 'released' } as ChunkRecord;
  expect([...(await path.voice(chunk, new AbortController().signal))]).toHaveLength(1);
  for (const state of ['vetoed', 'withheld'] as const)
    expect([...(await path.voice({ ...chunk, state }, new AbortController().signal))]).toEqual([]);
  expect(asked).toEqual(['One. ']);
});
