import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '#infra/postgres/start-postgres.ts';
import { STORE_CONTRACT } from '#tests/contract/store.contract.ts';
import { STORE_SABOTAGES } from '#tests/fakes/store-sabotages.ts';
import { foundPostgres, onPostgres } from '#tests/fixtures/test-postgres.ts';
import { openPostgresStore, type PostgresStore } from './postgres-store.ts';

let server: PostgresServer;
const open = async (): Promise<PostgresStore> =>
  openPostgresStore({ url: await server.createDatabase(), logId: 'log-1' });

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  beforeAll(async () => {
    if (foundPostgres.ok) server = await startPostgres(foundPostgres.folder);
  });
  afterAll(() => server.stop());

  describe('[PG2] Store contract: PostgreSQL', () => {
    test.each(STORE_CONTRACT)('$title', async ({ run }) => {
      const store = await open();
      await run(store);
      await store.close();
    });
  });

  describe('the contract notices a store that', () => {
    test.each(STORE_SABOTAGES)(
      '[PG2][AUD2][AUD3][AUD10][SUP11][API12][MET7][TIC5][TOOL25][HOOK4][HOOK6][ARC2][ARC4] $name',
      async ({ breaks, bend }) => {
        const cases = STORE_CONTRACT.filter(({ title }) => title.startsWith(`[${breaks}]`));
        let noticed = false;
        for (const { run } of cases) {
          const store = await open();
          await run({ ...store, ...bend(store) }).catch(() => (noticed = true));
          await store.close();
        }
        expect(noticed).toBe(true);
      },
    );
  });
});
