import { describe, expect, test } from 'vitest';
import { seededRandom } from '#shared/base/random.ts';
import type { VectorIndexFactory } from '#shared/adapters/vector-index.ts';

const DIM = 16;

function randomUnit(random: () => number): Float32Array {
  const vector = Float32Array.from({ length: DIM }, () => random() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map(value => value / length);
}

/** Every VectorIndex runs this. `expectBroken`: the suite is shown an index that must not pass. */
export function describeVectorIndexContract(name: string, create: VectorIndexFactory): void {
  describe(`VectorIndex contract: ${name}`, () => {
    for (const [title, check] of vectorIndexChecks(create)) test(title, check);
  });
}

/** The checks by title, so that a saboteur can be shown to fail them. */
export function vectorIndexChecks(create: VectorIndexFactory): readonly (readonly [string, () => void])[] {
  const random = seededRandom(7);
  const vectors = Array.from({ length: 200 }, () => randomUnit(random));
  const cosine = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return [
    [
      '[RET50] each vector is the nearest to itself, with a cosine of one',
      () => {
        const index = create(DIM, vectors);
        expect([index.dim, index.size]).toEqual([DIM, vectors.length]);
        for (const [at, vector] of vectors.entries()) {
          const [first] = index.nearest(vector, 1);
          expect(first?.index).toBe(at);
          expect(first?.similarityRatio).toBeCloseTo(1, 4);
        }
      },
    ],
    [
      '[RET50] matches come best first, with true cosines, and no more than were asked for',
      () => {
        const index = create(DIM, vectors);
        const query = randomUnit(random);
        const matches = index.nearest(query, 10);
        expect(matches).toHaveLength(10);
        const best = vectors.map(vector => cosine(query, vector)).sort((a, b) => b - a);
        for (const [place, match] of matches.entries()) {
          expect(match.similarityRatio).toBeCloseTo(best[place] ?? Number.NaN, 4);
          expect(match.similarityRatio).toBeCloseTo(cosine(query, vectors[match.index] ?? query), 4);
        }
      },
    ],
    [
      '[RET50] equal vectors keep their order, an empty index finds nothing, and a wrong dimension throws',
      () => {
        const [one = new Float32Array(DIM)] = vectors;
        expect(
          create(DIM, [one, one, one])
            .nearest(one, 3)
            .map(match => match.index),
        ).toEqual([0, 1, 2]);
        expect(create(DIM, []).nearest(one, 3)).toEqual([]);
        expect(() => create(DIM, vectors).nearest(new Float32Array(DIM + 1), 1)).toThrow();
      },
    ],
  ];
}
