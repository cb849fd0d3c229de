import { seededRandom } from '#shared/base/random.ts';
import type { AuditId, ChunkId } from '#shared/domain/ids.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { compileRules, openGate, type GateRules } from '#worker/lanes/control/control-gate.ts';
import { compilePatterns, PatternMatcher } from '#worker/lanes/control/pattern-matcher.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';

const PHRASES = 1000;
const CHUNK_CHARS = 60;
/** Judged and not measured: a worker that answers phones has long been compiled. */
const WARM_UP_CHUNKS = 20_000;
const WORDS =
  'your parcel lamp order is on its way and we look at the form please keep box for carrier invoice label photo room chair blue oak ready soon'.split(
    ' ',
  );

function textOf(random: () => number, chars: number): string {
  let text = '';
  while (text.length < chars - 2) text += `${WORDS[Math.floor(random() * WORDS.length)] ?? ''} `;
  return `${text.trimEnd()}. `;
}

function rulesOf(count: number): GateRules {
  const random = seededRandom(5);
  const phrases = Array.from({ length: count }, (_, index) => ({
    phrase: `never ${textOf(random, 24)} ${'abcdefghij'[index % 10] ?? ''}`,
    reason: 'bench',
  }));
  return compileRules([{ name: 'bench', overridable: false, exceptOrigins: [], phrases }], CODE_POLICIES);
}

async function* run({ quick }: BenchOptions): AsyncGenerator<Figure> {
  await Promise.resolve();
  const chunks = quick ? 100_000 : 1_000_000;
  const random = seededRandom(9);
  const texts = Array.from({ length: 500 }, () => textOf(random, CHUNK_CHARS));
  const rules = rulesOf(PHRASES);
  const context = {
    phrases: PHRASES,
    chunkChars: CHUNK_CHARS,
    policies: CODE_POLICIES.length + 1,
    warmUpChunks: WARM_UP_CHUNKS,
  };
  for (const arm of ['gate', 'gate-off'] as const) {
    const costsUs: number[] = [];
    let released = 0;
    let startedMono = 0;
    for (let index = -WARM_UP_CHUNKS; index < chunks; index += 1) {
      if (index === 0) {
        startedMono = performance.now();
        released = 0;
      }
      const text = texts[(index + WARM_UP_CHUNKS) % texts.length] ?? '';
      const before = performance.now();
      if (arm === 'gate-off') released += text.length;
      else {
        const gate = openGate(
          rules,
          { origin: 'greeting' },
          {
            clock: systemClock,
            auditId: () => 'a' as AuditId,
            onOutcome: outcome => (released += outcome.text.length),
          },
        );
        gate.draft({ chunkId: 'c' as ChunkId, text, origin: 'greeting', citations: [], toolFacts: [] });
        gate.end();
      }
      if (index >= 0) costsUs.push((performance.now() - before) * 1000);
    }
    const seconds = (performance.now() - startedMono) / 1000;
    const goals = arm === 'gate';
    yield {
      bench: 'gate',
      metric: 'chunk_cost_p50_us',
      value: percentile(costsUs, 0.5),
      unit: 'us',
      arm,
      n: chunks,
      goal: null,
      context,
    };
    yield {
      bench: 'gate',
      metric: 'chunk_cost_p999_us',
      value: percentile(costsUs, 0.999),
      unit: 'us',
      arm,
      n: chunks,
      goal: goals ? { max: 50 } : null,
      context,
    };
    yield {
      bench: 'gate',
      metric: 'chunks_per_second',
      value: chunks / seconds,
      unit: '1/s',
      arm,
      n: chunks,
      goal: goals ? { min: 200_000 } : null,
      context,
    };
    yield {
      bench: 'gate',
      metric: 'benign_chars_released_ratio',
      value: released / texts.reduce((sum, text) => sum + text.length, 0) / (chunks / texts.length),
      unit: 'ratio',
      arm,
      n: chunks,
      goal: { min: 1 },
      context,
    };
  }
  yield* matcherFigures(quick ? 200_000 : 1_000_000);
}

/** The phrase search alone, and its time on text made to keep the automaton deep: twice the text, twice the time. */
function* matcherFigures(length: number): Generator<Figure> {
  const compiled = compilePatterns(
    Array.from({ length: PHRASES }, (_, id) => ({
      phrase: `${'a'.repeat(20)}${'bcdefghijk'[id % 10] ?? ''}${'a'.repeat(id % 7)}`,
      id,
    })),
  );
  const timeMs = (text: string): number => {
    const times = Array.from({ length: 15 }, () => {
      const matcher = new PatternMatcher(compiled);
      const before = performance.now();
      matcher.feed(text);
      return performance.now() - before;
    });
    return percentile(times, 0.5);
  };
  const evil = 'aaaaaaaaaaaaaaaaaaab'.repeat(length / 20);
  timeMs(evil);
  const ratio = timeMs(evil + evil) / timeMs(evil);
  yield {
    bench: 'gate',
    metric: 'adversarial_time_ratio_2n_to_n',
    value: ratio,
    unit: 'ratio',
    arm: 'phrase-search',
    n: 15,
    goal: { max: 2.6 },
    context: { letters: length },
  };
}

export const gateBench: Bench = {
  name: 'gate',
  description: 'Cost of Lane C per chunk with 1,000 phrases and every deterministic policy (price of G4).',
  run,
};
