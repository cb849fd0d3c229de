import { expect, test } from 'vitest';
import { describeVectorIndexContract, vectorIndexChecks } from '#tests/contract/vector-index.contract.ts';
import { MemoryVectorIndex } from './memory-vector-index.ts';

describeVectorIndexContract('memory', (dim, vectors) => new MemoryVectorIndex(dim, vectors));

test.each([
  ['forgets the best', 1, (size: number) => Array.from({ length: size }, (_, at) => at).slice(1)],
  ['turns the order round', 1, (size: number) => Array.from({ length: size }, (_, at) => size - 1 - at)],
])('[RET50] the suite notices an index that %s', (_what, least, places) => {
  const checks = vectorIndexChecks((dim, vectors) => {
    const index = new MemoryVectorIndex(dim, vectors);
    return {
      dim,
      size: index.size,
      nearest: (query, limit) => {
        const all = index.nearest(query, vectors.length);
        return places(all.length)
          .flatMap(place => all[place] ?? [])
          .slice(0, limit);
      },
    };
  });
  const failed = checks.filter(([, check]) => {
    try {
      check();
      return false;
    } catch {
      return true;
    }
  });
  expect(failed.length).toBeGreaterThanOrEqual(least);
});
