import { describe, expect, test } from 'vitest';
import { newDevice, nextFrame, record } from '#shared/domain/audit-upload.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { sha256 } from '#worker/audit/sha256.ts';
import { AUDIT_CONTRACT } from '#tests/contract/audit.contract.ts';
import { isNoticed, runCase } from '#tests/contract/store-case.ts';
import { AUDIT_MUTANTS, type RawAudit } from '#tests/fakes/audit-mutants.ts';
import { AUDIT_SABOTAGES } from '#tests/fakes/audit-sabotages.ts';
import { LIFE_ORG, lifeRules, playLife } from '#tests/fixtures/audit-life.ts';
import { foundPostgres, onPostgres, sessionOf, usePostgres } from '#tests/fixtures/test-postgres.ts';
import { openPostgresStore, type PostgresStore } from './postgres-store.ts';

/** More in `npm run torture -- chains`. */
const LIVES = 1_500;
/** Lives of other devices at the same time, as the store has connections. */
const AT_ONCE = 5;

const server = usePostgres();
/** What a power cut does is not asked here. */
const open = async (options = ''): Promise<PostgresStore> => {
  const url = await server().createDatabase();
  return openPostgresStore({ url: `${url}${options}`, logId: 'log-1' });
};
const UNSYNCED = '?options=-c%20synchronous_commit%3Doff';

async function withRaw(): Promise<{ book: PostgresStore; raw: RawAudit; close: () => Promise<void> }> {
  const url = await server().createDatabase();
  const book = await openPostgresStore({ url: `${url}${UNSYNCED}`, logId: 'log-1' });
  const session = await sessionOf(url);
  return {
    book,
    raw: {
      insert: async (deviceId, epoch, entries) => {
        for (const { seq, eventId, atMs, kind, payload, salt, leaf, hash } of entries)
          await session.query(
            'INSERT INTO audit_entries (org_id, device_id, epoch, seq, event_id, ts, kind, payload, salt, leaf, hash, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0) ON CONFLICT (org_id, device_id, epoch, seq) DO UPDATE SET event_id = excluded.event_id, payload = excluded.payload, salt = excluded.salt, leaf = excluded.leaf, hash = excluded.hash',
            [LIFE_ORG, deviceId, epoch, seq, eventId, atMs, kind, payload, salt, leaf, hash],
          );
      },
      setHead: async ({ deviceId, epoch, origin }, { seq, hash }) => {
        await session.query(
          'INSERT INTO audit_devices (org_id, device_id, epoch, head_seq, head_hash, origin_epoch, origin_seq, origin_hash, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0) ON CONFLICT (org_id, device_id, epoch) DO UPDATE SET head_seq = excluded.head_seq, head_hash = excluded.head_hash',
          [
            LIFE_ORG,
            deviceId,
            epoch,
            seq,
            hash,
            origin?.epoch ?? null,
            origin?.seq ?? null,
            origin?.hash ?? null,
          ],
        );
      },
    },
    close: async () => {
      await session.end();
      await book.close();
    },
  };
}

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  describe('AuditBook contract: PostgreSQL', () => {
    test.each(AUDIT_CONTRACT)('$title', one => runCase(one, open));
  });

  describe('the contract notices a book that', () => {
    test.each(AUDIT_SABOTAGES)('[SYN3][SYN4][SYN8][SYN14][SYN15] $name', async sabotage => {
      expect(await isNoticed(AUDIT_CONTRACT, sabotage, open)).toBe(true);
    });
  });

  test(
    `[SYN6] lives of devices with a real PostgreSQL: nothing is lost, doubled or believed too early (${String(LIVES)} lives)`,
    { timeout: 900_000 },
    async () => {
      const book = await open(UNSYNCED);
      let next = 0;
      const play = async (): Promise<void> => {
        for (let seed = next++; seed < LIVES; seed = next++)
          expect(
            await playLife(seed, `d${String(seed)}`, book, lifeRules(book)),
            `seed ${String(seed)}`,
          ).toEqual([]);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, play));
      await book.close();
    },
  );

  // One life after the other: they share the session that breaks the rules.
  test.each(Object.entries(AUDIT_MUTANTS))(
    '[SYN6] would be noticed with a real PostgreSQL: %s',
    { timeout: 900_000 },
    async (_name, mutate) => {
      const { book, raw, close } = await withRaw();
      const rules = mutate(book, raw);
      let caughtAt: number | null = null;
      for (let seed = 0; seed < LIVES && caughtAt === null; seed += 1) {
        const wrong = await playLife(seed, `d${String(seed)}`, book, rules).catch((error: unknown) => [
          String(error),
        ]);
        if (wrong.length > 0) caughtAt = seed;
      }
      await close();
      expect(caughtAt).not.toBeNull();
    },
  );

  test('[SYN15] a reader beside writers whose transactions overlap misses nothing and sees nothing twice', async () => {
    const url = await server().createDatabase();
    const book = await openPostgresStore({ url, logId: 'log-1' });
    const slow = await sessionOf(url);
    // A transaction that began before the others and commits after them, as a reader must not lose.
    await slow.query('BEGIN');
    await slow.query(
      `INSERT INTO audit_entries (org_id, device_id, epoch, seq, event_id, ts, kind, leaf, hash, received_at) VALUES ($1, 'slow', 1, 1, 'late', 0, 'k', '', '', 0)`,
      [LIFE_ORG],
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    const read = async (): Promise<void> => {
      const page = await book.auditChanges(LIFE_ORG, cursor, 100);
      seen.push(...page.changes.map(({ entry }) => entry.eventId));
      ({ cursor } = page);
    };
    const ids: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      const id = `e${String(n)}`;
      ids.push(id);
      const chain = record(sha256, newDevice(`d${String(n)}`), [
        { eventId: id, atMs: 0, kind: 'k', payload: '1', salt: 's' },
      ]);
      await book.receiveFrame(LIFE_ORG, nextFrame(chain, 9), 1 as EpochMs);
      await read();
    }
    expect(seen).toEqual([]);
    await slow.query('COMMIT');
    await read();
    await slow.end();
    await book.close();
    expect(seen.toSorted()).toEqual([...ids, 'late'].toSorted());
  });

  test('[SYN15] transactions are followed by their number: 1000 comes after 999, whatever a page cuts', async () => {
    const url = await server().createDatabase();
    const book = await openPostgresStore({ url, logId: 'log-1' });
    const session = await sessionOf(url);
    const next = async (): Promise<number> =>
      Number((await session.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid')).rows[0]?.xid);
    // Up to a few before the next number with one digit more, or one that sorts before as text.
    while ((await next()) % 1_000 < 994);
    const ids = Array.from({ length: 12 }, (_, n) => `e${String(n)}`);
    for (const id of ids) {
      const chain = record(sha256, newDevice(`d-${id}`), [
        { eventId: id, atMs: 0, kind: 'k', payload: '1', salt: 's' },
      ]);
      await book.receiveFrame(LIFE_ORG, nextFrame(chain, 9), 1 as EpochMs);
    }
    const seen: string[] = [];
    for (let cursor: string | null = null; ;) {
      const page = await book.auditChanges(LIFE_ORG, cursor, 5);
      if (page.changes.length === 0) break;
      seen.push(...page.changes.map(({ entry }) => entry.eventId));
      ({ cursor } = page);
    }
    await session.end();
    await book.close();
    expect(seen).toEqual(ids);
  });
});
