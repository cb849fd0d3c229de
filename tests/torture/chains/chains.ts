import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgres } from '#infra/postgres/find-postgres.ts';
import { startPostgres } from '#infra/postgres/start-postgres.ts';
import { openDatabase } from '#shared/sqlite/open-database.ts';
import { openPostgresStore } from '#worker/store/postgres/postgres-store.ts';
import { WORKER_MIGRATIONS } from '#worker/store/sqlite/migrations.ts';
import { SqliteAudit } from '#worker/store/sqlite/sqlite-audit.ts';
import { lifeRules, playLife, type LifeBook } from '#tests/fixtures/audit-life.ts';
import type { Torture, TortureOptions } from '../torture.ts';

/** Lives beside each other, as the store has connections. */
const AT_ONCE = 5;
const SAY_EVERY = 500;

async function lives(
  book: LifeBook,
  { count, seed, onProgress }: TortureOptions,
): Promise<readonly string[]> {
  const failures: string[] = [];
  let next = 0;
  const play = async (): Promise<void> => {
    for (let life = next++; life < count; life = next++) {
      if (life % SAY_EVERY === 0) onProgress(`${String(life)} of ${String(count)} lives`);
      const wrong = await playLife(seed * 1_000_000 + life, `d${String(life)}`, book, lifeRules(book));
      if (wrong.length > 0) failures.push(`seed ${String(seed * 1_000_000 + life)}: ${wrong.join(', ')}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, play));
  return failures;
}

/** Lives of devices whose messages are lost, doubled, delayed and whose disks go back in time, on both real stores (SYN6). */
export const chainsTorture: Torture = {
  name: 'chains',
  description:
    'audit chains of devices through loss, repetition, delay, kills and roll-backs, on SQLite and PostgreSQL',
  fullCount: 10_000,
  async *run(options) {
    const { count, seed } = options;
    const folder = mkdtempSync(join(tmpdir(), 'sidetone-chains-'));
    const database = openDatabase(join(folder, 'w.sqlite'), WORKER_MIGRATIONS);
    // What a power cut does is not asked here.
    database.pragma('synchronous = OFF');
    const audit = new SqliteAudit(database);
    const sqlite: LifeBook = {
      receiveFrame: async (...args) => audit.receiveFrame(...args),
      auditHeads: async (...args) => audit.auditHeads(...args),
      auditEntries: async query => audit.auditEntries(query),
    };
    yield {
      torture: 'chains',
      part: 'sqlite',
      count,
      seed,
      failures: await lives(sqlite, options),
      figures: {},
    };
    database.close();
    rmSync(folder, { recursive: true });
    const found = findPostgres();
    if (!found.ok)
      return void (yield {
        torture: 'chains',
        part: 'postgres',
        count: 0,
        seed,
        failures: [found.reason],
        figures: {},
      });
    const server = await startPostgres(found.folder);
    const store = await openPostgresStore({
      url: `${await server.createDatabase()}?options=-c%20synchronous_commit%3Doff`,
      logId: 'l',
    });
    yield {
      torture: 'chains',
      part: 'postgres',
      count,
      seed,
      failures: await lives(store, options),
      figures: {},
    };
    await store.close();
    await server.stop();
  },
};
