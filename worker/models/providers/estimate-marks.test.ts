import fc from 'fast-check';
import { expect, test } from 'vitest';
import { marksFor } from './estimate-marks.ts';

const loud = (length: number): Int16Array => new Int16Array(length).fill(4000);

test('[PRO27] times that fit the text are kept', () => {
  const words = [
    { text: 'The ', endMs: 100 },
    { text: 'fee is', endMs: 400 },
    { text: ' four euros.', endMs: 900 },
  ];
  expect(marksFor('The fee is four euros. ', loud(16_000), words)).toEqual([
    { chars: 3, sample: 1600 },
    { chars: 10, sample: 6400 },
    { chars: 23, sample: 14_400 },
  ]);
});

test('[PRO27] times of another text are worth nothing: the words share what can be heard', () => {
  const samples = new Int16Array(16_000);
  samples.fill(4000, 2000, 12_000);
  const marks = marksFor('Four euros.', samples, [{ text: 'Vier', endMs: 10 }]);
  expect(marks).toEqual([
    { chars: 4, sample: 6444 },
    { chars: 11, sample: 12_000 },
  ]);
});

test('[PRO27] marks rise, stay in the audio and end with the whole text, whatever comes', () => {
  const word = fc.record({
    text: fc.constantFrom('The', 'fee', 'x', ' ', '4711'),
    endMs: fc.integer({ min: -50, max: 3000 }),
  });
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('The', 'fee', '4711', 'is.', '€'), { minLength: 1, maxLength: 12 }),
      fc.array(word, { maxLength: 12 }),
      fc.integer({ min: 0, max: 20_000 }),
      (said, words, length) => {
        const text = said.join(' ');
        const marks = marksFor(text, loud(length), words);
        expect(marks.at(-1)?.chars).toBe(text.length);
        marks.forEach((mark, index) => {
          expect(mark.sample).toBeGreaterThanOrEqual(marks[index - 1]?.sample ?? 0);
          expect(mark.sample).toBeLessThanOrEqual(length);
          expect(mark.chars).toBeGreaterThan(marks[index - 1]?.chars ?? 0);
        });
      },
    ),
  );
});
