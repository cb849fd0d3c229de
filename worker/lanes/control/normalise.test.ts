import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut } from '#tests/fakes/text-disguises.ts';
import { normalise, NORMALISER_START } from './normalise.ts';

function all(pieces: readonly string[]): string {
  let state = NORMALISER_START;
  let out = '';
  for (const piece of pieces) {
    const step = normalise(state, piece);
    state = step.next;
    out += String.fromCharCode(...step.codes);
  }
  return out;
}

describe('normalise', () => {
  test.each([
    ['GUARANTEE', 'guarantee'],
    ['gua🙂rantee', 'guarantee'],
    ['gua\u200brantee', 'guarantee'],
    ['gu4r4nt33', 'guarantee'],
    ['ｇｕａｒａｎｔｅｅ', 'guarantee'],
    ['guаrаntее', 'guarantee'],
    ['**full** _refund_', 'full refund'],
    ["I'll  refund—you", 'ill refund you'],
    ['über', 'uber'],
  ])('[GATE1] reads %s as %s', (text, letters) => {
    expect(all([text])).toBe(letters);
  });

  test('[GATE1] gives the same however the text is cut, surrogate pairs included', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(
        text.chain(whole => fc.tuple(fc.constant(whole), cut(whole))),
        ([whole, pieces]) => {
          expect(all(pieces)).toBe(all([whole]));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
