import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digitRuns, passesLuhn } from '#worker/policies/numbers.ts';
import { CARD_PLACEHOLDER, CardRedactor, redactCardNumbers } from './redaction.ts';

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Sixteen digits whose last one makes them a card number. */
const card = fc.array(fc.nat(9), { minLength: 15, maxLength: 15 }).map(digits => {
  const body = digits.join('');
  const check = [...'0123456789'].find(last => passesLuhn(body + last)) ?? '0';
  return body + check;
});

/** The digits as somebody says them: words or figures, with pauses of every kind. */
const spoken = (digits: string) =>
  fc
    .array(fc.tuple(fc.boolean(), fc.constantFrom(' ', ', ', ' - ', ' uh ')), {
      minLength: digits.length,
      maxLength: digits.length,
    })
    .map(ways =>
      [...digits]
        .map(
          (digit, index) =>
            `${ways[index]?.[0] ? digit : (WORDS[Number(digit)] ?? '')}${ways[index]?.[1] ?? ' '}`,
        )
        .join(''),
    );

/** Longest run of the card's own digits that can be read in the text. */
function longestRun(text: string, digits: string): number {
  return Math.max(0, ...digitRuns(text).map(run => (digits.includes(run.digits) ? run.digits.length : 0)));
}

describe('card numbers', () => {
  test('[AUD20] are replaced however they are spoken (2,000 runs)', () => {
    fc.assert(
      fc.property(
        card.chain(digits => fc.tuple(fc.constant(digits), spoken(digits))),
        ([digits, text]) => {
          const { text: safe, count } = redactCardNumbers(`It is ${text}thank you.`);
          expect(count).toBe(1);
          expect(longestRun(safe, digits)).toBe(0);
          expect(safe).toContain(CARD_PLACEHOLDER);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('[AUD21][AUD22] no interim and no final of a number split in two holds seven of its digits (3,000 runs)', () => {
    const split = card.chain(digits =>
      fc
        .integer({ min: 1, max: 15 })
        .chain(at => fc.tuple(fc.constant(digits), spoken(digits.slice(0, at)), spoken(digits.slice(at)))),
    );
    fc.assert(
      fc.property(split, ([digits, first, second]) => {
        const redactor = new CardRedactor();
        for (const piece of [first, second]) {
          const words = piece.split(' ');
          words.forEach((_, index) => {
            expect(longestRun(redactor.interim(words.slice(0, index + 1).join(' ')), digits)).toBeLessThan(7);
          });
          expect(longestRun(redactor.final(piece).text, digits)).toBeLessThan(7);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('[AUD22] order numbers survive, and what was said before an ordinary sentence is forgotten', () => {
    const redactor = new CardRedactor();
    expect(redactor.final('My order is four seven one one').text).toBe('My order is four seven one one');
    expect(redactor.final('It has not come yet.').text).toBe('It has not come yet.');
    expect(redactor.final('5120 is the other one.')).toEqual({ text: '5120 is the other one.', count: 0 });
  });
});
