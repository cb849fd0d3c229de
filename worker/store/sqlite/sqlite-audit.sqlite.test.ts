import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from '#shared/sqlite/open-database.ts';
import { AUDIT_CONTRACT } from '#tests/contract/audit.contract.ts';
import { isNoticed, runCase } from '#tests/contract/store-case.ts';
import { AUDIT_MUTANTS, type RawAudit } from '#tests/fakes/audit-mutants.ts';
import { AUDIT_SABOTAGES } from '#tests/fakes/audit-sabotages.ts';
import { LIFE_ORG, lifeRules, playLife, type LifeBook } from '#tests/fixtures/audit-life.ts';
import { WORKER_MIGRATIONS } from './migrations.ts';
import { SqliteAudit } from './sqlite-audit.ts';
import { openSqliteStore } from './sqlite-store.ts';

/** More in `npm run torture -- chains`. */
const LIVES = 1_500;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetone-audit-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const open = () => openSqliteStore({ file: join(folder, `w${String((files += 1))}.sqlite`) });

/** The book on this thread, and a way past its rules. */
function rawBook(): { readonly book: LifeBook; readonly raw: RawAudit; readonly database: Database } {
  const database = openDatabase(join(folder, `raw${String((files += 1))}.sqlite`), WORKER_MIGRATIONS);
  // What a power cut does is not asked here, and syncing a hundred thousand times takes minutes.
  database.pragma('synchronous = OFF');
  const audit = new SqliteAudit(database);
  return {
    database,
    book: {
      receiveFrame: async (...args) => audit.receiveFrame(...args),
      auditHeads: async (...args) => audit.auditHeads(...args),
      auditEntries: async query => audit.auditEntries(query),
    },
    raw: {
      insert: async (deviceId, epoch, entries) => {
        for (const { seq, eventId, atMs, kind, payload, salt, leaf, hash } of entries)
          database
            .prepare(
              'INSERT OR REPLACE INTO audit_entries (org_id, device_id, epoch, seq, event_id, ts, kind, payload, salt, leaf, hash, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)',
            ) // prettier-ignore
            .run(LIFE_ORG, deviceId, epoch, seq, eventId, atMs, kind, payload, salt, leaf, hash);
      },
      setHead: async ({ deviceId, epoch, origin }, { seq, hash }) => {
        database
          .prepare(
            'INSERT INTO audit_devices (org_id, device_id, epoch, head_seq, head_hash, origin_epoch, origin_seq, origin_hash, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET head_seq = excluded.head_seq, head_hash = excluded.head_hash',
          ) // prettier-ignore
          .run(
            LIFE_ORG,
            deviceId,
            epoch,
            seq,
            hash,
            origin?.epoch ?? null,
            origin?.seq ?? null,
            origin?.hash ?? null,
          );
      },
    },
  };
}

describe('AuditBook contract: SQLite', () => {
  test.each(AUDIT_CONTRACT)('$title', one => runCase(one, open));
});

describe('the contract notices a book that', () => {
  test.each(AUDIT_SABOTAGES)('[SYN3][SYN4][SYN8][SYN14][SYN15] $name', async sabotage => {
    expect(await isNoticed(AUDIT_CONTRACT, sabotage, open)).toBe(true);
  });
});

test(
  `[SYN6] lives of devices with a real SQLite: nothing is lost, doubled or believed too early (${String(LIVES)} lives)`,
  { timeout: 300_000 },
  async () => {
    const { book, database } = rawBook();
    for (let seed = 0; seed < LIVES; seed += 1)
      expect(await playLife(seed, `d${String(seed)}`, book, lifeRules(book)), `seed ${String(seed)}`).toEqual(
        [],
      );
    database.close();
  },
);

test.each(Object.entries(AUDIT_MUTANTS))(
  '[SYN6] would be noticed with a real SQLite: %s',
  { timeout: 300_000 },
  async (_name, mutate) => {
    const { book, raw, database } = rawBook();
    const rules = mutate(book, raw);
    let caughtAt: number | null = null;
    for (let seed = 0; seed < LIVES && caughtAt === null; seed += 1) {
      // A store that was lied to may also refuse to write.
      const wrong = await playLife(seed, `d${String(seed)}`, book, rules).catch((error: unknown) => [
        String(error),
      ]);
      if (wrong.length > 0) caughtAt = seed;
    }
    database.close();
    expect(caughtAt).not.toBeNull();
  },
);
