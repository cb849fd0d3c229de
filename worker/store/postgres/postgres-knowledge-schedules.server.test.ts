import { describe, expect, test } from 'vitest';
import type { OrgId } from '#shared/domain/ids.ts';
import { playSchedule } from '#tests/fakes/knowledge-schedule.ts';
import { foundPostgres, onPostgres, usePostgres } from '#tests/fixtures/test-postgres.ts';
import { openPostgresStore } from './postgres-store.ts';

const SCHEDULES = Number(process.env['SIDETONE_KNOWLEDGE_SCHEDULES'] ?? 12);
const FIRST_SEED = Number(process.env['SIDETONE_KNOWLEDGE_SEED'] ?? 1);
const server = usePostgres();

describe.skipIf(!foundPostgres.ok)(onPostgres, { timeout: 60_000 + SCHEDULES * 5_000 }, () => {
  test('[KN14] three desks and two workers on one database: all agree in the end and no edit is lost', async () => {
    const url = await server().createDatabase();
    const open = (logId: string) => openPostgresStore({ url, logId });
    const stores = [await open('log-1'), await open('log-2')];
    let turn = 0;
    const restarting = {
      // Each question goes to the other worker than the one before.
      book: () => {
        turn += 1;
        const store = stores[turn % 2];
        if (!store) throw new Error('there are two');
        return store;
      },
      restart: async () => {
        await stores[0]?.close();
        stores[0] = await open('log-1');
      },
    };
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed += 1)
      expect([seed, await playSchedule(seed, `org-${String(seed)}` as OrgId, restarting)]).toEqual([
        seed,
        [],
      ]);
    await Promise.all(stores.map(store => store.close()));
  });
});
