import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditId, ChunkId } from '#shared/domain/ids.ts';
import { seededRandom } from '#shared/base/random.ts';
import { noCardData } from '#worker/policies/no-card-data.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import { ALLOW, type ControlPolicy, type ControlVerdict } from '#worker/policies/control-policy.ts';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import { cut, disguised, hears } from '#tests/fakes/text-disguises.ts';
import { createVirtualClock, settle } from '#tests/fakes/virtual-clock.ts';
import { compileRules, openGate, type GateOutcome, type GateRules } from './control-gate.ts';

const document = phrasePolicyDocumentSchema.parse(
  JSON.parse(readFileSync(new URL('../../../resources/policies/demo.json', import.meta.url), 'utf8')),
);
const demo = compileRules(document.policies, CODE_POLICIES);
const phrases = document.policies.flatMap(policy => policy.phrases.map(({ phrase }) => phrase));

function bench(rules: GateRules = demo) {
  const clock = createVirtualClock();
  const outcomes: GateOutcome[] = [];
  let ids = 0;
  const gate = openGate(
    rules,
    { origin: 'reply' },
    {
      clock,
      auditId: () => `audit-${String(++ids)}` as AuditId,
      onOutcome: outcome => outcomes.push(outcome),
    },
  );
  let chunks = 0;
  const draft = (text: string): void =>
    gate.draft({
      chunkId: `chunk-${String(chunks++)}` as ChunkId,
      text,
      origin: 'reply',
      citations: [],
      toolFacts: [],
    });
  return { clock, gate, draft, outcomes, released: () => outcomes.map(outcome => outcome.text).join('') };
}

function releasedOf(pieces: readonly string[], rules: GateRules = demo): string {
  const b = bench(rules);
  pieces.forEach(b.draft);
  b.gate.end();
  return b.released();
}

const policy = (judge: ControlPolicy['judge']): ControlPolicy => ({
  name: 'test',
  budgetMs: 50,
  overridable: false,
  judge,
});
const only = (judge: ControlPolicy['judge']): GateRules =>
  compileRules(
    [{ name: 'unused', overridable: false, exceptOrigins: [], phrases: [{ phrase: 'zzzzzz', reason: 'z' }] }],
    [policy(judge)],
  );

/** Sentences of a support desk, from parts; benign by construction. */
function benignSentences(count: number): readonly string[] {
  const random = seededRandom(11);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const openers = ['Of course,', 'I see,', 'Thank you,', 'All right,', 'Well,', 'I understand,'];
  const subjects = [
    'your parcel',
    'the lamp',
    'our workshop',
    'the carrier',
    'the invoice',
    'this refund form',
    'a replacement',
    'the return label',
  ];
  const verbs = [
    'is on its way',
    'can be changed',
    'is ready for you',
    'will be looked at',
    'has been found',
    'needs a photo',
    'is a beautiful piece',
    'is fully insured',
  ];
  const ends = [
    'and I will let you know.',
    'if that helps you.',
    'so please keep the box.',
    'as soon as we can.',
    'whenever you like!',
    'or shall I call you back?',
  ];
  return Array.from(
    { length: count },
    () => `${pick(openers)} ${pick(subjects)} ${pick(verbs)} ${pick(ends)} `,
  );
}

describe('control gate', () => {
  test('[GATE3] whatever the disguise and the chunking, no forbidden phrase is ever released (10,000 runs)', () => {
    const attack = fc
      .constantFrom(...phrases)
      .chain(phrase => fc.tuple(fc.constant(phrase), disguised(phrase)))
      .chain(([phrase, text]) => fc.tuple(fc.constant(phrase), cut(`Certainly. ${text} And that is all. `)));
    fc.assert(
      fc.property(attack, ([phrase, pieces]) => {
        expect(hears(releasedOf(pieces), phrase)).toBe(false);
      }),
      { numRuns: 10_000 },
    );
  }, 60_000);

  test('[GATE3] benign text is released whole and in order, however it is cut', () => {
    for (const sentence of benignSentences(2000)) expect(releasedOf([sentence])).toBe(sentence);
    fc.assert(
      fc.property(fc.constantFrom(...benignSentences(200)).chain(cut), pieces => {
        expect(releasedOf(pieces)).toBe(pieces.join(''));
      }),
      { numRuns: 2000 },
    );
  });

  test('[GATE4] a sentence that can become nothing else is judged at once, one that can waits', () => {
    const b = bench();
    b.draft('Your parcel is here. ');
    expect(b.outcomes).toHaveLength(1);
    b.draft('You will get a full ');
    expect(b.outcomes).toHaveLength(1);
    b.draft('refund today. ');
    expect(b.outcomes.map(outcome => outcome.decision)).toEqual(['allow', 'veto', 'veto']);
    const waiting = bench();
    waiting.draft('You will get a full ');
    waiting.draft('picture. ');
    expect(waiting.released()).toBe('You will get a full picture. ');
    const number = bench();
    number.draft('The number is four ');
    expect(number.outcomes).toHaveLength(0);
  });

  test('[GATE5] after a veto nothing more is released', () => {
    const b = bench();
    ['Fine. ', 'I guarantee it. ', 'Fine again. '].forEach(b.draft);
    b.gate.end();
    expect(b.outcomes.map(outcome => [outcome.decision, outcome.veto?.reason ?? null])).toEqual([
      ['allow', null],
      ['veto', 'absolute-promise'],
      ['veto', 'after-veto'],
    ]);
  });

  test('[GATE6] a policy that throws, fails, is late or never answers is a veto', async () => {
    const cases: readonly (readonly [ControlPolicy['judge'], string])[] = [
      [() => { throw new Error('broken'); }, 'judge-failed'],
      [() => Promise.reject(new Error('broken')), 'judge-failed'],
      [() => new Promise<ControlVerdict>(() => undefined), 'judge-late'],
    ]; // prettier-ignore
    for (const [judge, reason] of cases) {
      const b = bench(only(judge));
      b.draft('Anything. ');
      await b.clock.advanceAsync(50);
      await settle();
      expect(b.outcomes.map(outcome => outcome.veto?.reason)).toEqual([reason]);
    }
  });

  test('[GATE7] after an abort no outcome is given, not even of what was being judged', async () => {
    const b = bench(only(() => new Promise<ControlVerdict>(() => undefined)));
    b.draft('Anything. ');
    b.gate.abort();
    b.draft('More. ');
    b.gate.end();
    await b.clock.advanceAsync(100);
    await settle();
    expect(b.outcomes).toEqual([]);
  });

  test('[GATE8] outcomes keep the order of the chunks when the first is judged last', async () => {
    const answers: ((verdict: ControlVerdict) => void)[] = [];
    const b = bench(only(() => new Promise(resolve => answers.push(resolve))));
    ['Red. ', 'Green. ', 'Blue. '].forEach(b.draft);
    answers.reverse().forEach(answer => answer(ALLOW));
    await settle();
    expect(b.released()).toBe('Red. Green. Blue. ');
    expect(b.outcomes.map(outcome => outcome.chunkId)).toEqual(['chunk-0', 'chunk-1', 'chunk-2']);
  });

  test('[GATE9] a flood without an end is refused', () => {
    const b = bench();
    b.draft('x'.repeat(2001));
    expect(b.outcomes[0]?.veto?.reason).toBe('too-long');
  });

  test('[GATE10] every outcome carries one verdict per policy, each with an audit id of its own', () => {
    const b = bench();
    b.draft('Your parcel is here. ');
    const verdicts = b.outcomes[0]?.verdicts ?? [];
    expect(verdicts.map(verdict => verdict.policy)).toEqual([
      ...document.policies.map(({ name }) => name),
      ...CODE_POLICIES.map(({ name }) => name),
    ]);
    expect(new Set(verdicts.map(verdict => verdict.auditId)).size).toBe(verdicts.length);
  });

  test('[GATE11] a redaction replaces its span and nothing else, wherever the chunks are cut', () => {
    const text = 'Your card 4111 1111 1111 1111 is on file. ';
    const cards = compileRules(document.policies, [noCardData]);
    fc.assert(
      fc.property(cut(text), pieces => {
        expect(releasedOf(pieces, cards)).toBe('Your card the card number is on file. ');
      }),
      { numRuns: 1000 },
    );
  });
});
