import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, disguised } from '#tests/fakes/text-disguises.ts';
import { compilePatterns, PatternMatcher } from './pattern-matcher.ts';

const phrases = ['full refund', 'i promise', 'guarantee', 'refund you', 'a'.repeat(40)];
const compiled = compilePatterns(phrases.map((phrase, id) => ({ phrase, id })));

function found(...pieces: string[]): string[] {
  const matcher = new PatternMatcher(compiled);
  return pieces.flatMap(piece => matcher.feed(piece)).map(match => phrases[match.id] ?? '');
}

describe('pattern matcher', () => {
  test('[GATE2] finds a phrase however it is disguised and cut', () => {
    const anyPhrase = fc
      .constantFrom(...phrases.slice(0, 4))
      .chain(phrase => fc.tuple(fc.constant(phrase), disguised(phrase)));
    const text = anyPhrase.chain(([phrase, text]) =>
      fc.tuple(fc.constant(phrase), cut(`Well, ${text} then`)),
    );
    fc.assert(
      fc.property(text, ([phrase, pieces]) => {
        expect(found(...pieces)).toContain(phrase);
      }),
      { numRuns: 5000 },
    );
  });

  test('[GATE2] a phrase begins where a word begins: helpful refunds and hopeful refunds are none', () => {
    expect(found('The helpful refund form.')).toEqual([]);
    expect(found('We are all in for a colourful refund')).toEqual([]);
    expect(found('A full re-fund.')).toEqual(['full refund']);
  });

  test('[GATE4] tells how much of the end may still become a phrase, and nothing for the end of an ordinary word', () => {
    const pending = (text: string): number => {
      const matcher = new PatternMatcher(compiled);
      matcher.feed(text);
      return matcher.pendingLetters();
    };
    expect(pending('You get a full ')).toBe(4);
    expect(pending('You get a ful')).toBe(3);
    expect(pending('It is beautiful ')).toBe(0);
    expect(pending('Nothing here. ')).toBe(0);
  });

  test('[GATE2] takes one step per letter, also on text made to be slow', () => {
    const steps = (length: number): number => {
      const matcher = new PatternMatcher(compiled);
      matcher.feed('a'.repeat(length));
      return matcher.letters;
    };
    expect(steps(20_000)).toBe(20_000);
    expect(() => compilePatterns([{ phrase: '!!!', id: 0 }])).toThrow('needs letters');
  });
});
