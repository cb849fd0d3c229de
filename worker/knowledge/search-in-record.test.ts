import { describe, expect, test } from 'vitest';
import type { PassageVectors } from '#shared/adapters/passage-vectors.ts';
import { ORG } from '#tests/fixtures/knowledge-revisions.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { KnowledgeSnapshot } from './knowledge-snapshot.ts';
import { searchDeps } from './load-knowledge.ts';
import { searchInRecord } from './search-in-record.ts';

async function bench(nearest: PassageVectors['nearestVectors'], largePassages = 2) {
  const clock = createVirtualClock();
  const body = 'Umbrellas are returned within ninety days.\nKites fly.\nHats keep the rain off.';
  const snapshot = await KnowledgeSnapshot.build(
    [
      {
        id: 'doc',
        title: 'Returns',
        status: 'approved',
        owner: 'A',
        approvedOn: '2026-01-01',
        kind: 'fact',
        heard: [],
        body,
      },
    ],
    searchDeps(clock),
    new AbortController().signal,
  );
  const kept: string[] = [];
  const errors: unknown[] = [];
  const vectors: PassageVectors = {
    keepVectors: (_orgId, { snapshotId, vectors: all }) => {
      kept.push(`${snapshotId} ${String(all.length)}`);
      return Promise.resolve();
    },
    nearestVectors: nearest,
  };
  await searchInRecord(
    { vectors: () => vectors, clock, onError: error => errors.push(error), largePassages },
    ORG,
    snapshot,
  );
  const best = async (): Promise<string | undefined> => {
    const found = snapshot.fits('umbrella');
    await clock.advanceAsync(1_000);
    return (await found)[0]?.passage.quote;
  };
  return { snapshot, kept, errors, best };
}
const UMBRELLAS = 'Umbrellas are returned within ninety days.';

describe('vectors in the database', () => {
  test('[RET28] a large snapshot is kept there and searched there', async () => {
    let asked = 0;
    const { snapshot, kept, best } = await bench(() => {
      asked += 1;
      return Promise.resolve([{ index: 0, similarityRatio: 0.9 }]);
    });
    expect(kept).toEqual([`${snapshot.snapshotId} 3`]);
    expect(await best()).toBe(UMBRELLAS);
    expect(asked).toBe(1);
  });

  test('[RET28] a small one is not', async () => {
    let asked = 0;
    const { kept, best } = await bench(() => {
      asked += 1;
      return Promise.resolve([]);
    }, 4);
    expect(await best()).toBe(UMBRELLAS);
    expect([kept, asked]).toEqual([[], 0]);
  });

  test.each([
    ['fails', () => Promise.reject(new Error('away'))],
    ['is late', () => new Promise<never>(() => undefined)],
    ['does not have it any more', () => Promise.resolve(null)],
  ])('[RET28] a database that %s costs the search there, not the answer', async (_what, nearest) => {
    const { best } = await bench(nearest);
    expect(await best()).toBe(UMBRELLAS);
  });
});
