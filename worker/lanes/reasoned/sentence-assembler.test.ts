import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut } from '#tests/fakes/text-disguises.ts';
import { createSentenceAssembler } from './sentence-assembler.ts';

function units(...slices: string[]): string[] {
  const assembler = createSentenceAssembler();
  return [...slices.flatMap(slice => assembler.push(slice)), ...assembler.end()];
}

describe('sentence assembler', () => {
  test('[RSN2] cuts at sentences, and not at abbreviations or inside numbers', () => {
    expect(units('It is here. It costs 4.50 euros. ', 'Ask Mr. Lind! Fine?')).toEqual([
      'It is here. ',
      'It costs 4.50 euros. ',
      'Ask Mr. Lind! ',
      'Fine?',
    ]);
  });

  test('[RSN2] together the units are the text, however it is sliced, and none is too long', () => {
    const text = fc
      .array(fc.constantFrom('word', 'Hello.', 'no', '4.50', 'Mr.', 'well,', 'x'.repeat(50), '!', '…'), {
        maxLength: 80,
      })
      .map(words => words.join(' '));
    fc.assert(
      fc.property(
        text.chain(whole => fc.tuple(fc.constant(whole), cut(whole))),
        ([whole, slices]) => {
          const all = units(...slices);
          expect(all.join('')).toBe(whole);
          expect(all.every(unit => unit.length <= 221)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
