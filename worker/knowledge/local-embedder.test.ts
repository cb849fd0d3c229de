import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LocalEmbedder } from './local-embedder.ts';

const CORPUS = [
  'You can return an item within thirty days after delivery.',
  'Furniture arrives within ten working days.',
  'Assembly of furniture costs thirty euros for each piece.',
  'All furniture and lamps have a warranty of two years.',
  'The shop is at 12 Harbour Lane.',
];
const never = new AbortController().signal;
const embedder = new LocalEmbedder(CORPUS);

async function similarity(one: string, other: string): Promise<number> {
  const [a, b] = await embedder.embed([one, other], never);
  return (a ?? new Float32Array()).reduce((sum, value, at) => sum + value * (b?.[at] ?? 0), 0);
}

describe('local embedder', () => {
  test('[RET40] vectors have 384 floats of unit length, or none where no word tells anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async text => {
        const [vector = new Float32Array()] = await embedder.embed([text], never);
        expect(vector).toHaveLength(384);
        const length = Math.hypot(...vector);
        expect(length === 0 || Math.abs(length - 1) < 1e-5).toBe(true);
      }),
    );
  });

  test('[RET41] the same text gives the same vector, alone or among others', async () => {
    const again = await new LocalEmbedder(CORPUS).embed(CORPUS, never);
    for (const [index, text] of CORPUS.entries()) {
      const [alone] = await embedder.embed([text], never);
      expect(alone).toEqual(again[index]);
    }
  });

  test.each([
    ['inflection', 'warranties on lamp', 'the warranty of lamps', 0.8],
    ['a slip of the recogniser', 'furnitur assemply', 'furniture assembly', 0.35],
    ['a compound', 'lampshade', 'lamp', 0.15],
  ])('[RET42] it finds %s: %s ~ %s', async (_what, one, other, least) => {
    expect(await similarity(one, other)).toBeGreaterThan(least);
  });

  test.each([
    ['couch', 'sofa'],
    ['how soon will it get here', 'delivery takes three days'],
    ['furniture', 'harbour'],
  ])('[RET42] it does not find the same meaning in other words: %s / %s', async (one, other) => {
    expect(Math.abs(await similarity(one, other))).toBeLessThan(0.2);
  });
});

test('[RET29] many texts leave room for other work in between, and one does not wait', async () => {
  const texts = Array.from({ length: 300 }, (_, at) => `passage number ${String(at)} about returns`);
  const embedder = new LocalEmbedder(texts);
  let others = 0;
  const other = (): void => {
    others += 1;
    if (others < 1000) setImmediate(other);
  };
  setImmediate(other);
  const vectors = await embedder.embed(texts, new AbortController().signal);
  expect(others).toBeGreaterThan(2);
  expect(vectors).toHaveLength(300);
  const [alone] = await embedder.embed([texts[299] ?? ''], new AbortController().signal);
  expect(vectors[299]).toEqual(alone);
});
