import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '#shared/base/random.ts';
import { startPostgres, type PostgresServer } from '#infra/postgres/start-postgres.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { foundPostgres, onPostgres, sessionOf } from '#tests/fixtures/test-postgres.ts';
import { proveChains } from '#worker/audit/prove-chains.ts';
import { openPostgresStore } from './postgres/postgres-store.ts';
import { readChainsOfTeam } from './postgres/read-chains.ts';
import type { TeamStore } from './spool.ts';
import { openSpooledStore } from './spooled-store.ts';
import { openSqliteSpool } from './sqlite/sqlite-store.ts';

/** More with `SIDETONE_KILLS=500`. */
const KILLS = Number(process.env['SIDETONE_KILLS'] ?? 150);
const SEED = 7;

/** One life of a worker, killed after it has said so many positions. @returns the highest position that it called durable */
async function live(file: string, url: string, lines: number): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--no-warnings', join(import.meta.dirname, '../../tests/fixtures/spooling-child.ts'), file],
    { env: { ...process.env, DATABASE_URL: url }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const gone = once(child, 'exit');
  let durable = -1;
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    durable = Math.max(durable, Number(line));
    if ((count += 1) === lines) child.kill('SIGKILL');
  }
  expect(await gone).toEqual([null, 'SIGKILL']);
  return durable;
}

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  test(
    `[PG11][SYN6][SYN13] a worker and a server that die at any moment: what was durable is in the team’s store, once and in order (${String(KILLS)} kills)`,
    { timeout: 120_000 + KILLS * 15_000 },
    async () => {
      if (!foundPostgres.ok) return;
      const server: PostgresServer = await startPostgres(foundPostgres.folder);
      const folder = mkdtempSync(join(tmpdir(), 'sidetone-kills-'));
      const file = join(folder, 'spool.sqlite');
      const url = await server.createDatabase();
      const random = seededRandom(SEED);
      let durable = -1;
      let isUp = true;
      for (let kill = 0; kill < KILLS; kill += 1) {
        // Now and then the server dies too, while the worker writes, and comes back for a later life of it.
        const dies = isUp && random() < 0.2;
        const life = live(file, url, 1 + Math.floor(random() * 120));
        if (dies) await server.crash();
        durable = Math.max(durable, await life);
        if (dies) isUp = false;
        else if (!isUp && random() < 0.5) {
          await server.start();
          isUp = true;
        }
      }
      if (!isUp) await server.start();
      // What still waits goes over, as it would with the next start of the worker.
      const local = await openSqliteSpool({ file });
      const connect = (logId: string): Promise<TeamStore> => openPostgresStore({ url, logId });
      const behinds: string[] = [];
      const store = await openSpooledStore({
        local,
        connect,
        clock: systemClock,
        random: Math.random,
        onBehind: behind => behind && behinds.push(`${behind.error.code}: ${behind.error.message}`),
        setAside: (_item, error) => {
          throw error;
        },
      });
      await expect
        .poll(async () => ({ waiting: (await local.spoolState()).waiting, behinds }), { timeout: 240_000 })
        .toEqual({ waiting: 0, behinds: [] });
      const here = await local.entries(-1, 1_000_000);
      const { logId } = await local.spoolState();
      await store.close();

      const team = await openPostgresStore({ url, logId });
      const there = await team.entries(-1, 1_000_000);
      await team.close();
      expect(durable).toBeGreaterThan(KILLS);
      expect(there.length).toBeGreaterThan(durable);
      expect(there.map(({ position }) => position)).toEqual(there.map((_, index) => index));
      expect(there).toEqual(here);
      const session = await sessionOf(url);
      const count = async (query: string): Promise<unknown> => (await session.query(query)).rows[0];
      expect(await count('SELECT count(*)::int AS logs FROM logs')).toEqual({ logs: 1 });
      const accesses = await session.query<{ id: string }>('SELECT id FROM audit_access');
      await session.end();
      // What is chained is what is there: every event of every life, and every access, once and unbroken.
      const chains = readChainsOfTeam(url);
      const proof = await proveChains(chains.reader);
      await chains.close();
      await server.stop();
      expect(proof.faults).toEqual([]);
      expect(proof).toMatchObject({ verdict: 'pass', events: there.length, accessRows: accesses.rowCount });
      rmSync(folder, { recursive: true });
      // What was said last was recorded before; of the rest each is there once, as the key sees to.
      expect(accesses.rows.map(({ id }) => id)).toContain(`access-${String(durable)}`);
    },
  );
});
