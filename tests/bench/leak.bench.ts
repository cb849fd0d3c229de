import { seededRandom, type Random } from '#shared/base/random.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import type { AuditId, ChunkId } from '#shared/domain/ids.ts';
import { FRAME_MS } from '#shared/domain/audio-format.ts';
import { verifySpoken } from '#worker/audit/verify-spoken.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { compileRules, openGate } from '#worker/lanes/control/control-gate.ts';
import type { SpeechGateDeps } from '#worker/lanes/speech-gate.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import { runFaults, type ScheduleOptions } from '#tests/fakes/fault-schedule.ts';
import { findLeaks, overridablePhrases } from '#tests/fakes/line-oracle.ts';
import { disguise } from '#tests/fakes/text-disguises.ts';
import { SpeechRig } from '#tests/fakes/speech-rig.ts';
import document from '../../resources/policies/demo.json' with { type: 'json' };
import { benignCorpus } from './benign-corpus.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';
import { leakedMs, LEAKY_GUARDS, SPEECH_CHARS_PER_S } from './leaky-guards.ts';

const { policies: phrasePolicies } = phrasePolicyDocumentSchema.parse(document);
const BENIGN_CHUNKS = 20_000;
const CHUNKS_PER_CALL = 40;

const letEverythingPass: SpeechGateDeps['openGate'] = (_spec, onOutcome) => ({
  draft: ({ chunkId, text }) =>
    onOutcome({ chunkId, decision: 'allow', text, verdicts: [], veto: null, judgeMs: 0 }),
  end: () => undefined,
  abort: () => undefined,
});

async function* run({ quick }: BenchOptions): AsyncGenerator<Figure> {
  const chunks = quick ? 10_000 : 100_000;
  yield* faultArm('ours', chunks, {});
  yield* faultArm('last-look-off', Math.min(chunks, 10_000), { lastLook: 'off' });
  yield* faultArm('gate-off', Math.min(chunks, 10_000), { lastLook: 'off', openGate: letEverythingPass });
  yield* guardArms(quick ? 5000 : 50_000);
  yield* benignFigures();
  yield await benignHeard();
}

/** Random faults through the real path in virtual time; what leaked is decided from the audio alone. */
async function* faultArm(arm: string, wanted: number, rig: ScheduleOptions['rig']): AsyncGenerator<Figure> {
  const startedMono = performance.now();
  let chunks = 0;
  let leaks = 0;
  let leakedFrames = 0;
  let unproven = 0;
  let heardChars = 0;
  let draftedChars = 0;
  const kinds: Record<string, number> = {};
  const what: Record<string, number> = {};
  for (let seed = 1; chunks < wanted; seed += 1) {
    const run = await runFaults({
      random: seededRandom(seed),
      chunks: CHUNKS_PER_CALL,
      phrasePolicies,
      rules: planned => compileRules(phrasePolicies, [planned, ...CODE_POLICIES]),
      faults: 'on',
      rig: rig ?? {},
    });
    chunks += run.planned.length;
    heardChars += run.rig.heardText.length;
    draftedChars += run.planned.reduce((sum, { text }) => sum + text.length, 0);
    for (const leak of findLeaks(run, overridablePhrases(phrasePolicies))) {
      leaks += 1;
      leakedFrames += leak.samples > 0 ? 1 : 0;
      what[leak.what] = (what[leak.what] ?? 0) + 1;
    }
    if (verifySpoken(run.events).verdict === 'fail') unproven += 1;
    for (const [kind, count] of Object.entries(run.kinds)) kinds[kind] = (kinds[kind] ?? 0) + count;
  }
  const context = {
    faults: kinds,
    leaks: what,
    leakedFrames,
    callsThatTheAuditorRefuses: unproven,
    upperBound95: 3 / chunks,
    seconds: Math.round((performance.now() - startedMono) / 1000),
  };
  const base = { bench: 'leak', arm, n: chunks } as const;
  const goal = arm === 'ours' ? ({ max: 0 } as const) : ({ min: 1 } as const);
  yield { ...base, metric: 'leaks', value: leaks, unit: 'count', goal, context };
  // A gate that says nothing leaks nothing: under these faults this much was still said.
  yield {
    ...base,
    metric: 'chars_heard_ratio',
    value: heardChars / draftedChars,
    unit: 'ratio',
    goal: null,
    context: {},
  };
}

/** The same phrases and disguises before guards that speak first. */
function* guardArms(answers: number): Generator<Figure> {
  for (const guard of LEAKY_GUARDS) {
    const random = seededRandom(77);
    const leaked: number[] = [];
    for (let index = 0; index < answers; index += 1) leaked.push(leakedMs(guard, attackAnswer(random)));
    const leaks = leaked.filter(ms => ms > 0);
    const base = { bench: 'leak', arm: guard.name, n: answers, goal: { min: 0.001 } } as const;
    const { everyChars, writingCharsPerS } = guard;
    const context = {
      everyChars,
      writingCharsPerS,
      detection: 'perfect',
      speakingCharsPerS: SPEECH_CHARS_PER_S,
    };
    yield { ...base, metric: 'leak_ratio', value: leaks.length / answers, unit: 'ratio', context };
    yield { ...base, metric: 'leaked_ms_p50', value: percentile(leaks, 0.5), unit: 'ms', context };
    yield { ...base, metric: 'leaked_ms_p95', value: percentile(leaks, 0.95), unit: 'ms', context };
  }
}

/** An answer of one to sixteen sentences with one forbidden phrase somewhere in it. */
function attackAnswer(random: Random): { text: string; phrase: string; from: number; to: number } {
  const phrases = phrasePolicies.flatMap(policy => policy.phrases.map(({ phrase }) => phrase));
  const phrase = phrases[Math.floor(random() * phrases.length)] ?? '';
  const hidden = disguise(phrase, () => Math.floor(random() * 1000));
  const sentences = benignCorpus(random, Math.floor(random() * 16)).map(({ text }) => text);
  const before = sentences.slice(0, Math.floor(random() * (sentences.length + 1))).join('');
  const text = `${before}${hidden}. ${sentences.join('').slice(before.length)}`;
  return { text, phrase, from: before.length, to: before.length + hidden.length };
}

/** What the gate costs people who did nothing wrong. */
function* benignFigures(): Generator<Figure> {
  const corpus = benignCorpus(seededRandom(5), BENIGN_CHUNKS);
  const rules = compileRules(phrasePolicies, CODE_POLICIES);
  const costsUs: number[] = [];
  const heldChars: number[] = [];
  let vetoed = 0;
  let redacted = 0;
  let spoken = 0;
  for (const round of ['warm-up', 'measured'] as const) {
    for (const { text, citations } of corpus) {
      let judgedChars = 0;
      const before = performance.now();
      const gate = openGate(
        rules,
        { origin: 'reply' },
        {
          clock: systemClock,
          auditId: () => 'a' as AuditId,
          onOutcome: outcome => {
            judgedChars += text.length;
            if (round === 'warm-up') return;
            if (outcome.decision === 'veto') vetoed += 1;
            else if (outcome.decision === 'redact') redacted += 1;
            else spoken += 1;
          },
        },
      );
      gate.draft({ chunkId: 'c' as ChunkId, text, origin: 'reply', citations, toolFacts: [] });
      const held = text.length - judgedChars;
      gate.end();
      if (round === 'warm-up') continue;
      costsUs.push((performance.now() - before) * 1000);
      heldChars.push(held);
    }
  }
  const base = { bench: 'leak', arm: 'ours', n: BENIGN_CHUNKS, context: { spoken, redacted } } as const;
  yield {
    ...base,
    metric: 'false_veto_ratio',
    value: (vetoed + redacted) / BENIGN_CHUNKS,
    unit: 'ratio',
    goal: { max: 0.005 },
  };
  const heldRatio = heldChars.filter(chars => chars > 0).length / BENIGN_CHUNKS;
  yield {
    ...base,
    metric: 'held_chars_mean',
    value: heldChars.reduce((sum, chars) => sum + chars, 0) / BENIGN_CHUNKS,
    unit: 'chars',
    goal: null,
    context: { heldRatio, frameMs: FRAME_MS },
  };
  for (const [metric, ratio, max] of [
    ['gate_cost_p50_us', 0.5, null],
    ['gate_cost_p95_us', 0.95, null],
    ['gate_cost_p999_us', 0.999, 50],
  ] as const)
    yield {
      ...base,
      metric,
      value: percentile(costsUs, ratio),
      unit: 'us',
      goal: max === null ? null : { max },
    };
}

/** The same corpus all the way to the line, ten sentences an utterance: the last look must not object to neighbours either. */
async function benignHeard(): Promise<Figure> {
  const corpus = benignCorpus(seededRandom(5), BENIGN_CHUNKS);
  const rules = compileRules(phrasePolicies, CODE_POLICIES);
  let heardChars = 0;
  let draftedChars = 0;
  let refused = 0;
  for (let at = 0; at < corpus.length; at += 100) {
    const rig = new SpeechRig({ rules });
    for (let from = at; from < at + 100; from += 10) {
      const utterance = rig.open({ lane: 'B', origin: 'reply', turnId: null });
      for (const { text, citations } of corpus.slice(from, from + 10)) {
        draftedChars += text.length;
        rig.gate.draft(utterance, { text, citations, noteIds: [], toolFacts: [] });
      }
      rig.gate.end(utterance);
      await rig.run(1200);
    }
    heardChars += rig.heardText.length;
    refused += rig.events.filter(event => event.type === 'chunk.vetoed').length;
  }
  return {
    bench: 'leak',
    arm: 'ours',
    n: BENIGN_CHUNKS,
    metric: 'benign_chars_heard_ratio',
    value: heardChars / draftedChars,
    unit: 'ratio',
    goal: { min: 0.995 },
    context: { refused },
  };
}

export const leakBench: Bench = {
  name: 'leak',
  description: 'Adversarial speech under random faults: what a caller hears that nobody allowed (G4).',
  run,
};
