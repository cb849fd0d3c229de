import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut } from '#tests/fakes/text-disguises.ts';
import { hardDisguised } from '#tests/fakes/hard-disguises.ts';
import { benignSpeech } from '#tests/fixtures/benign-speech.ts';
import { readPolicyDocument } from '#shared/domain/read-policy-document.ts';
import { compilePatterns, PatternMatcher } from '#worker/lanes/control/pattern-matcher.ts';
import { loadDocuments } from './load-documents.ts';
import { compileDocuments, type OrgRules } from './org-rules.ts';
import { tryLine, type TryAnswer } from './try-line.ts';

function compiled(documents: readonly unknown[]): OrgRules {
  const read = documents.map(document => readPolicyDocument(document, 'test'));
  const answer = compileDocuments(
    read.map(one => {
      if (!one.ok) throw new Error(JSON.stringify(one.faults));
      return one.document;
    }),
    null,
  );
  if (!answer.ok) throw new Error(JSON.stringify(answer.faults));
  return answer.rules;
}
const rulesFor = (policies: readonly object[]): OrgRules =>
  compiled([{ format: 2, name: 'test', version: 1, policies }]);
const demo = compiled(
  loadDocuments(new URL('../../resources/policies', import.meta.url).pathname).documents.map(
    ({ document }) => document,
  ),
);
type Tried = Extract<TryAnswer, { decision: string }>;
function say(rules: OrgRules, pieces: string | readonly string[], sources: readonly string[] = []): Tried {
  const chunks = (typeof pieces === 'string' ? [pieces] : pieces).map(text => ({ text }));
  const tried = tryLine(rules, JSON.stringify({ id: 'x', chunks, citations: sources }), 1);
  if ('error' in tried) throw new Error(tried.error.message);
  return tried;
}
const FORBIDDEN = ['full refund', 'guarantee', 'i promise', 'you should invest', 'language model', 'shut up'];
const phrases = rulesFor([{ kind: 'phrases', name: 'no-words', phrases: FORBIDDEN }]);

describe('attacks on policies', () => {
  test('[POL16] no drawing of a phrase gets through (5,000 runs)', () => {
    const attack = fc
      .constantFrom(...FORBIDDEN)
      .chain(phrase => fc.tuple(fc.constant(phrase), hardDisguised(phrase)));
    fc.assert(
      fc.property(attack, ([phrase, text]) => {
        const { veto } = say(phrases, `Well, ${text} and so on.`);
        expect([phrase, text, veto?.reason]).toEqual([phrase, text, 'forbidden-phrase']);
      }),
      { numRuns: 5000 },
    );
  }, 60_000);

  test.each([
    'You get a fu11 refund.',
    'You get a full re\u00adfund.',
    'ΜΥ wοrds: I ΡRΟΜΙSΕ',
    'l promise you that.',
    'We GUAR‑ANTEE it',
    'g u a r a n t e e',
    'gua٤rantee'.replace('a٤', '٤'),
    '🅶🆄🅰🆁🅰🅽🆃🅴🅴',
  ])('[POL16] stops %s', text => {
    expect(say(phrases, text).decision).toBe('veto');
  });

  test('[POL17] any chunking gives the same decision, the same reason and the same words', () => {
    const pieces = fc.constantFrom(
      'Fine. ', 'I guarantee it. ', 'It costs 45 euros. ', 'Call zero three zero, one two three four five six! ', 'Write to anna@example.org. ', 'Your card is 4111 1111 1111 1111. ',
      'We said so  at nine. ', 'gua\u200brantee ', 'no 🙂 ', 'Dr. No. 5 ', 'x'.repeat(230),
    ); // prettier-ignore
    const text = fc.array(pieces, { minLength: 1, maxLength: 5 }).map(list => list.join(''));
    fc.assert(
      fc.property(
        text.chain(whole => fc.tuple(fc.constant(whole), cut(whole))),
        ([whole, cuts]) => {
          const { units: _, ...once } = say(demo, whole, ['45 euros']);
          const { units: __, ...pieceByPiece } = say(demo, cuts, ['45 euros']);
          expect(pieceByPiece).toEqual(once);
        },
      ),
      { numRuns: 1500 },
    );
  }, 60_000);

  test('[POL18] the search takes one step per letter on text made to fall back again and again', () => {
    const steps = (length: number): number => {
      const matcher = new PatternMatcher(
        compilePatterns(
          Array.from({ length: 200 }, (_, id) => ({
            phrase: `${'ab'.repeat(20)}${'c'.repeat(id % 9)}x`,
            id,
          })),
        ),
      );
      matcher.feed('ab'.repeat(length / 2));
      return matcher.letters;
    };
    expect([steps(2000), steps(4000), steps(8000)]).toEqual([2000, 4000, 8000]);
  });

  test('[POL19] of 4,000 benign sentences at most one in two hundred is touched', () => {
    const touched = benignSpeech(4000).filter(
      ({ text, source }) => say(demo, text, source === null ? [] : [source]).decision !== 'allow',
    );
    expect(touched.length / 4000).toBeLessThanOrEqual(0.005);
  }, 60_000);

  test.each([
    ['I cannot guarantee that.', 'allow'],
    ['There is NO   guarantee.', 'allow'],
    ['I say no. Guarantee it is.', 'veto'],
    ['n0 guarantee', 'veto'],
    ['no guarantee, but I promise', 'veto'],
    ['no guarantee? I guarantee it', 'veto'],
  ])('[POL6] %s: %s', (text, decision) => {
    const rules = rulesFor([
      {
        kind: 'phrases',
        name: 'no-words',
        phrases: ['guarantee', 'i promise'],
        unless: ['no guarantee', 'cannot guarantee'],
      },
    ]);
    expect(say(rules, text).decision).toBe(decision);
    expect(say(rules, [...text]).decision).toBe(decision);
  });

  test.each([
    ['lane c is full', 'veto'],
    ['the lane closed', 'allow'],
    ['ask lane c', 'veto'],
    ['ask "lane c"', 'veto'],
    ['lane c\u200b, please', 'veto'],
    ['lane c\u200blosed', 'allow'],
  ])('[POL8] %s: %s', (text, decision) => {
    const rules = rulesFor([
      { kind: 'phrases', name: 'no-lanes', phrases: [{ phrase: 'lane c', end: 'word' }] },
    ]);
    expect(say(rules, text).decision).toBe(decision);
    expect(say(rules, [...text]).decision).toBe(decision);
  });

  test.each([
    '100 percent certain',
    '100% certain',
    'one hundred percent certain',
    'One-Hundred % certain',
    'a hundred per cent certain',
    'one zero zero percent certain',
    'open 24 hours',
    'open twenty-four hours',
    'open two four hours',
  ])('[POL9] finds %s', text => {
    const rules = rulesFor([
      { kind: 'phrases', name: 'no-numbers', phrases: ['one hundred percent certain', 'open 24 hours'] },
    ]);
    expect(say(rules, `I am ${text}.`).veto?.policy).toBe('no-numbers');
  });
});
