import { describe, expect, test } from 'vitest';
import { STORE_CONTRACT } from '#tests/contract/store.contract.ts';
import { isNoticed, runCase } from '#tests/contract/store-case.ts';
import { STORE_SABOTAGES } from '#tests/fakes/store-sabotages.ts';
import { foundPostgres, onPostgres, usePostgres } from '#tests/fixtures/test-postgres.ts';
import { openPostgresStore, type PostgresStore } from './postgres-store.ts';

const server = usePostgres();
const open = async (): Promise<PostgresStore> =>
  openPostgresStore({ url: await server().createDatabase(), logId: 'log-1' });

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  describe('[PG2] Store contract: PostgreSQL', () => {
    test.each(STORE_CONTRACT)('$title', one => runCase(one, open));
  });

  describe('the contract notices a store that', () => {
    test.each(STORE_SABOTAGES)(
      '[PG2][AUD2][AUD3][AUD10][SUP11][API12][MET7][TIC5][TOOL25][HOOK4][HOOK6][ACC1][ACC3][ACC6][ACC7][ACC8][ACC9][PRIV4][PRIV6][PRIV7][PRIV8][PRIV10][ARC1][ARC2][ARC3][ARC4] $name',
      async sabotage => {
        expect(await isNoticed(STORE_CONTRACT, sabotage, open)).toBe(true);
      },
    );
  });
});
