import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '#shared/base/random.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { verifySpoken } from '#worker/audit/verify-spoken.ts';
import type { SpeechGateDeps } from '#worker/lanes/speech-gate.ts';
import { noCardData } from '#worker/policies/no-card-data.ts';
import { runFaults, type ScheduleOptions } from '#tests/fakes/fault-schedule.ts';
import { findLeaks, overridablePhrases } from '#tests/fakes/line-oracle.ts';
import document from '../../resources/policies/demo.json' with { type: 'json' };

const { policies: phrasePolicies } = phrasePolicyDocumentSchema.parse(document);

const overridable = overridablePhrases(phrasePolicies);

const schedule = (seed: number, more: Partial<ScheduleOptions> = {}): ScheduleOptions => ({
  random: seededRandom(seed),
  chunks: 30,
  phrasePolicies,
  rules: planned => compileRules(phrasePolicies, [planned, noCardData]),
  faults: 'on',
  ...more,
});

describe('fail closed', () => {
  test('[GATE68] under random faults of judges, disk, clock, voice, floor and people nothing forbidden or unjudged is audible', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async seed => {
        const run = await runFaults(schedule(seed));
        expect(findLeaks(run, overridable)).toEqual([]);
        expect(verifySpoken(run.events).faults).toEqual([]);
      }),
      { numRuns: 150, examples: [[344486113]] },
    );
  });

  test('[GATE68] the oracle is not deaf: without the gate, and without the last look, it hears what leaks', async () => {
    const without = async (rig: ScheduleOptions['rig']): Promise<ReadonlySet<string>> => {
      const heard = new Set<string>();
      for (let seed = 0; seed < 40; seed += 1)
        for (const { what } of findLeaks(await runFaults(schedule(seed, { rig: rig ?? {} })), overridable))
          heard.add(what);
      return heard;
    };
    const openGate: SpeechGateDeps['openGate'] = (_spec, onOutcome) => ({
      draft: ({ chunkId, text }) =>
        onOutcome({ chunkId, decision: 'allow', text, verdicts: [], veto: null, judgeMs: 0 }),
      end: () => undefined,
      abort: () => undefined,
    });
    expect(await without({ lastLook: 'off', openGate })).toEqual(new Set(['phrase', 'refused', 'unjudged']));
    expect(await without({ lastLook: 'off' })).toEqual(new Set(['phrase']));
  }, 30_000);
});
