import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '#shared/base/random.ts';
import { loadPhraseBank, phraseListSchema } from './phrase-bank.ts';

const list = phraseListSchema.parse(
  JSON.parse(readFileSync(new URL('../../../resources/prompts/reflex.en.json', import.meta.url), 'utf8')),
);
const audio = { samples: new Int16Array(320), marks: [] };

describe('phrase bank', () => {
  test('[REF20] a phrase with a figure, or one that is no short sentence, is refused', () => {
    for (const phrase of [
      'It costs 5 euros.',
      'order',
      'This is a very long acknowledgement that tells a fact.',
    ]) {
      expect(
        phraseListSchema.safeParse({ ...list, phrases: [...list.phrases.slice(0, 4), phrase] }).success,
      ).toBe(false);
    }
  });

  test('[REF21][REF22] every phrase is rendered at the start, and none comes twice in a row', async () => {
    const asked: string[] = [];
    const bank = await loadPhraseBank(
      { name: 'test', synthesise: text => (asked.push(text), Promise.resolve(audio)) },
      list.phrases,
    );
    expect(asked).toEqual(list.phrases);
    const random = seededRandom(3);
    let last: string | null = null;
    const seen = new Set<string>();
    for (let round = 0; round < 500; round += 1) {
      const { phrase } = bank.next(random, last);
      expect(phrase).not.toBe(last);
      last = phrase;
      seen.add(phrase);
    }
    expect(seen.size).toBe(list.phrases.length);
  });
});
