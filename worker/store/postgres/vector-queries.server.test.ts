import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPgvector } from '#infra/postgres/build-pgvector.ts';
import type { FoundPostgres } from '#infra/postgres/find-postgres.ts';
import { asAdmin, startPostgres, type PostgresServer } from '#infra/postgres/start-postgres.ts';
import { seededRandom } from '#shared/base/random.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { MemoryVectorIndex } from '#worker/knowledge/memory-vector-index.ts';
import { ORG, OTHER } from '#tests/fixtures/knowledge-revisions.ts';
import { foundPostgres, onPostgres, usePostgres } from '#tests/fixtures/test-postgres.ts';
import { openPostgresStore } from './postgres-store.ts';

const DIM = 24;
const AT_MS = 1_800_000_000_000 as EpochMs;

/** A database with the extension, as an administrator adds it. */
async function openWithVectors(server: PostgresServer) {
  const url = await server.createDatabase();
  const asOwnerOfAll = new URL(server.adminUrl);
  asOwnerOfAll.pathname = new URL(url).pathname;
  await asAdmin(asOwnerOfAll.href, 'CREATE EXTENSION vector');
  return openPostgresStore({ url, logId: 'log-1' });
}

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  const plain = usePostgres();
  let withVectors: FoundPostgres = foundPostgres;
  let server: PostgresServer | null = null;
  beforeAll(async () => {
    if (foundPostgres.ok) withVectors = buildPgvector(foundPostgres.folder);
    if (withVectors.ok) server = await startPostgres(withVectors.folder);
  });
  afterAll(() => server?.stop());

  test('[PG9] a database without the extension offers no search, and health says so', async () => {
    const store = await openPostgresStore({ url: await plain().createDatabase(), logId: 'log-1' });
    expect([store.facts.vectors, store.vectors]).toEqual(['in-process', undefined]);
    await store.close();
  });

  test('[PG9][RET28] where the extension is, it finds what memory finds, of one snapshot and one org', async context => {
    if (!server) return context.skip(withVectors.ok ? '' : withVectors.reason);
    const store = await openWithVectors(server);
    expect(store.facts.vectors).toBe('pgvector');
    const vectors = store.vectors ?? expect.fail('there is no search');
    const random = seededRandom(3);
    const unit = (): Float32Array => {
      const vector = Float32Array.from({ length: DIM }, () => random() - 0.5);
      const length = Math.hypot(...vector);
      return vector.map(value => value / length);
    };
    const some = [...Array.from({ length: 1_200 }, unit), new Float32Array(DIM)];
    const set = { snapshotId: 'aaaa', model: 'm', docIds: some.map(() => 'doc'), vectors: some };
    await vectors.keepVectors(ORG, set, AT_MS);
    await vectors.keepVectors(ORG, set, AT_MS);
    const memory = new MemoryVectorIndex(DIM, some);
    for (const query of [unit(), unit(), some[700] ?? unit()]) {
      const found = (await vectors.nearestVectors(ORG, 'aaaa', query, 10)) ?? [];
      const expected = memory.nearest(query, 10);
      expect(found.map(({ index }) => index)).toEqual(expected.map(({ index }) => index));
      for (const [at, { similarityRatio }] of found.entries())
        expect(similarityRatio).toBeCloseTo(expected[at]?.similarityRatio ?? 0, 4);
    }
    expect(await vectors.nearestVectors(OTHER, 'aaaa', unit(), 3)).toBeNull();
    await vectors.keepVectors(ORG, { ...set, snapshotId: 'bbbb', vectors: some.slice(0, 3) }, AT_MS);
    expect(await vectors.nearestVectors(ORG, 'aaaa', unit(), 3)).toBeNull();
    expect(await vectors.nearestVectors(ORG, 'bbbb', unit(), 10)).toHaveLength(3);
    await store.close();
  });
});
