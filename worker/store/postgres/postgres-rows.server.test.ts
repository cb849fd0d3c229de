import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import fc from 'fast-check';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { consultationQuerySchema } from '#shared/domain/consultation.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { callQuerySchema } from '#shared/domain/call-list.ts';
import { arbitraryCall } from '#tests/fixtures/arbitrary-call.ts';
import { eventOf, ORG, RINGING, storedCall } from '#tests/fixtures/stored-call.ts';
import { foundPostgres, onPostgres, sessionOf, usePostgres } from '#tests/fixtures/test-postgres.ts';
import { openSqliteStore } from '../sqlite/sqlite-store.ts';
import type { Store } from '../store.ts';
import { accessPostgres } from './connection.ts';
import { ORG_TABLES, POSTGRES_MIGRATIONS, WORKER_TABLES } from './migrations.ts';
import { migratePostgres } from './migrate.ts';
import { openPostgresStore } from './postgres-store.ts';
import * as schema from './schema.ts';

/** A step that no program has yet. */
const NEXT_VERSION = 1 + Math.max(...POSTGRES_MIGRATIONS.map(({ version }) => version));

/** Everything a store shows of these calls. */
async function shown(store: Store, callIds: readonly string[]): Promise<unknown> {
  const calls = callIds.map(id => id as CallId);
  return {
    entries: await store.entries(-1, 10_000),
    open: [...(await store.openCalls())].sort((left, right) => left.callId.localeCompare(right.callId)),
    list: await Promise.all(calls.map(id => store.conversation(ORG, id))),
    page: await store.conversations(ORG, callQuerySchema.parse({ query: 'a' })).then(rows => rows.length),
    turns: await Promise.all(calls.map(id => store.turns(id))),
    verdicts: await Promise.all(calls.map(id => store.policyRows(id))),
    tools: await Promise.all(calls.map(id => store.toolCalls(id))),
    requests: await store.openTicketRequests(),
    figures: await store.figures(ORG, { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }),
  };
}

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  const server = usePostgres();
  test('[PG2] any calls, in any groups, leave the rows that SQLite has', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryCall, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 9 }),
        async (drafts, groupSize) => {
          const folder = mkdtempSync(join(tmpdir(), 'sidetone-rows-'));
          const sqlite = await openSqliteStore({ file: join(folder, 'w.sqlite') });
          const postgres = await openPostgresStore({ url: await server().createDatabase(), logId: 'l' });
          const entries = drafts
            .flatMap((call, n) => call.map((draft, seq) => eventOf(`c${String(n)}`, seq, draft)))
            .map((event, position) => ({ position, event }));
          for (const store of [sqlite, postgres])
            for (let from = 0; from < entries.length; from += groupSize)
              // Every group overlaps the one before: what is there already changes nothing.
              await store.append(entries.slice(Math.max(0, from - 2), from + groupSize));
          const calls = drafts.map((_, n) => `c${String(n)}`);
          expect(await shown(postgres, calls)).toEqual(await shown(sqlite, calls));
          await postgres.close();
          await sqlite.close();
          rmSync(folder, { recursive: true });
        },
      ),
      { numRuns: 12, seed: 11, endOnFailure: true },
    );
  });

  test('[PG2] whatever is told of a room, in any order, leaves the consultation that SQLite has', async () => {
    const timeMs = fc.integer({ min: 0, max: 1e12 });
    const told = fc.record({
      name: fc.constantFrom('room_started', 'room_finished', 'participant_joined', 'egress_ended'),
      createdAtMs: timeMs,
      receivedAtMs: timeMs,
      roomCreatedAtMs: fc.option(timeMs),
      recordingUrl: fc.option(fc.constantFrom('https://a/Z.ogg', 'https://a/a.ogg', 'https://a/é.ogg')),
    });
    const folder = mkdtempSync(join(tmpdir(), 'sidetone-rooms-'));
    const sqlite = await openSqliteStore({ file: join(folder, 'w.sqlite') });
    const postgres = await openPostgresStore({ url: await server().createDatabase(), logId: 'l' });
    let room = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(told, { maxLength: 6 }), fc.nat({ max: 6 }), async (events, addedAfter) => {
        const roomName = `r${String((room += 1))}`;
        const id = `k${String(room)}` as CallId;
        const shownBy = async (store: Store): Promise<unknown> => {
          const add = () =>
            store.addConsultation({ id, orgId: ORG, roomName, type: 'quote', atMs: room as never });
          for (const [index, event] of events.entries()) {
            if (index === addedAfter) await add();
            // Few ids: the same event comes twice now and then.
            const eventId = `${roomName}-${String(event.createdAtMs % 4)}`;
            await store.recordRoomEvent({ ...event, id: eventId, roomName, payloadJson: '{}' });
          }
          if (addedAfter >= events.length) await add();
          const query = consultationQuerySchema.parse({ limit: 1 });
          return { events: await store.roomEvents(roomName), rows: await store.consultations(ORG, query) };
        };
        expect(await shownBy(postgres)).toEqual(await shownBy(sqlite));
      }),
      { numRuns: 40, seed: 11, endOnFailure: true },
    );
    await postgres.close();
    await sqlite.close();
    rmSync(folder, { recursive: true });
  });

  test('[PG15] a room that is opened by one worker while another is told of it misses nothing', async () => {
    const url = await server().createDatabase();
    const opening = await openPostgresStore({ url, logId: 'a' });
    const hearing = await openPostgresStore({ url, logId: 'b' });
    const rooms = Array.from({ length: 120 }, (_, index) => `r${String(index)}`);
    const told = { createdAtMs: 9_000, receivedAtMs: 9_001, roomCreatedAtMs: 1_000, recordingUrl: null };
    await Promise.all(
      rooms.flatMap(roomName => [
        opening.addConsultation({
          id: roomName as CallId,
          orgId: ORG,
          roomName,
          type: 'quote',
          atMs: 1 as never,
        }),
        hearing.recordRoomEvent({ ...told, id: roomName, name: 'room_finished', roomName, payloadJson: '' }),
      ]),
    );
    const rows = await opening.consultations(ORG, consultationQuerySchema.parse({ limit: 500 }));
    expect(rows).toHaveLength(rooms.length);
    expect(rows.filter(({ durationSeconds }) => durationSeconds !== 8).map(({ id }) => id)).toEqual([]);
    await opening.close();
    await hearing.close();
  });

  test('[PG2] a NUL is kept out, and what was said around it is there', async () => {
    const store = await openPostgresStore({ url: await server().createDatabase(), logId: 'l' });
    const said = { type: 'transcript.final', speaker: 'caller', text: 'a\0b', redactionCount: 0 } as const;
    await store.append([
      { position: 0, event: eventOf('c1', 0, { ...RINGING, displayName: 'E\0F' }) },
      { position: 1, event: eventOf('c1', 1, { ...said, startedAtMs: 1 as never, endedAtMs: 2 as never }) },
    ]);
    expect(await store.conversation(ORG, 'c1' as CallId)).toMatchObject({ displayName: 'E\uFFFDF' });
    expect(await store.turns('c1' as CallId)).toMatchObject([{ text: 'a\uFFFDb' }]);
    expect(await store.callEvents('c1' as CallId, 0)).toMatchObject([{ text: 'a\0b' }]);
    await store.close();
  });

  describe('the schema', () => {
    test('[PG3] is made once by workers that start together, and is what the queries think it is', async () => {
      const url = await server().createDatabase();
      const stores = await Promise.all(['a', 'b', 'c'].map(logId => openPostgresStore({ url, logId })));
      for (const store of stores) await store.close();
      const session = await sessionOf(url);
      const { rows } = await session.query<{ table_name: string; column_name: string; data_type: string }>(
        `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'`,
      );
      for (const table of Object.values(schema))
        for (const column of Object.values<PgColumn>(getTableColumns(table)))
          expect(rows).toContainEqual({
            table_name: getTableName(table),
            column_name: column.name,
            data_type: column.getSQLType(),
          });
      const versions = await session.query('SELECT version FROM sidetone_migrations WHERE version = 1');
      expect(versions.rowCount).toBe(1);
      await session.end();
    });

    test('[PG3] that is newer, or was made by another text, is refused as it is', async () => {
      const url = await server().createDatabase();
      await (await openPostgresStore({ url, logId: 'l' })).close();
      const session = await sessionOf(url);
      const refused = { body: { code: 'storage.schema-mismatch' } };
      await session.query(`INSERT INTO sidetone_migrations (version, sha256) VALUES (999, 'x')`);
      await expect(openPostgresStore({ url, logId: 'l' })).rejects.toMatchObject(refused);
      await session.query(`DELETE FROM sidetone_migrations WHERE version = 999`);
      const changed = POSTGRES_MIGRATIONS.map(step => ({ ...step, sql: `${step.sql} ` }));
      await expect(migratePostgres(session, changed)).rejects.toMatchObject(refused);
      // A step that fails leaves nothing behind, and the next try does it.
      const half = { version: NEXT_VERSION, sql: 'CREATE TABLE half (id text); SELECT 1/0' };
      await expect(migratePostgres(session, [...POSTGRES_MIGRATIONS, half])).rejects.toThrow(/zero/u);
      await migratePostgres(session, [
        ...POSTGRES_MIGRATIONS,
        { version: NEXT_VERSION, sql: 'CREATE TABLE half (id text)' },
      ]);
      await session.end();
    });
  });

  test('[PG9] what needs an extension is done where it can be had, and when it comes', async () => {
    const url = await server().createDatabase();
    const store = await openPostgresStore({ url, logId: 'l' });
    await store.close();
    const session = await sessionOf(url);
    const has = async (query: string): Promise<boolean> => ((await session.query(query)).rowCount ?? 0) > 0;
    const column = `SELECT 1 FROM information_schema.columns WHERE table_name = 'knowledge_embeddings' AND column_name = 'embedding_vector'`;
    const installed = await has(`SELECT 1 FROM pg_extension WHERE extname = 'vector'`);
    expect(store.facts.vectors).toBe(installed ? 'pgvector' : 'in-process');
    expect(await has(column)).toBe(installed);
    const made = `SELECT 1 FROM pg_tables WHERE tablename = 'needs_it'`;
    const step = (extension: string) => ({
      version: NEXT_VERSION,
      sql: 'CREATE TABLE needs_it (id text)',
      extension,
    });
    await migratePostgres(session, [...POSTGRES_MIGRATIONS, step('no_such_extension')]);
    expect(await has(made)).toBe(false);
    await migratePostgres(session, [...POSTGRES_MIGRATIONS, step('plpgsql')]);
    expect(await has(made)).toBe(true);
    await session.end();
  });

  describe('row security', () => {
    test('[PG4] every table belongs to an org or to the workers, and shows and takes only what is its own', async () => {
      const url = await server().createDatabase();
      const store = await openPostgresStore({ url, logId: 'l' });
      expect(store.facts.rowSecurity).toBe(true);
      await store.close();
      const session = await sessionOf(url);
      const tables = await session.query<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'sidetone_migrations'`,
      );
      expect(tables.rows.map(row => row.name).sort()).toEqual([...ORG_TABLES, ...WORKER_TABLES].sort());
      await session.query('ALTER TABLE ticket_notes DROP CONSTRAINT ticket_notes_ticket_id_org_id_fkey');
      for (const table of [...ORG_TABLES, ...WORKER_TABLES])
        for (const org of ['org-a', 'org-b']) await session.query(await anyRow(session, table, org));
      await session.query(`SELECT set_config('sidetone.scope', '', false)`);
      for (const table of [...ORG_TABLES, ...WORKER_TABLES]) {
        expect((await session.query(`SELECT 1 FROM ${table}`)).rowCount, table).toBe(0);
        await expect(session.query(await anyRow(session, table, 'org-c')), table).rejects.toMatchObject({
          code: '42501',
        });
      }
      await session.query(`SELECT set_config('sidetone.org', 'org-a', false)`);
      for (const table of WORKER_TABLES)
        expect((await session.query(`SELECT 1 FROM ${table}`)).rowCount, table).toBe(0);
      for (const table of ORG_TABLES) {
        const seen = await session.query<{ org_id: string }>(`SELECT org_id FROM ${table}`);
        expect(seen.rows, table).toEqual([{ org_id: 'org-a' }]);
        await expect(session.query(await anyRow(session, table, 'org-b')), table).rejects.toMatchObject({
          code: '42501',
        });
        await expect(session.query(`UPDATE ${table} SET org_id = 'org-b'`), table).rejects.toMatchObject({
          code: '42501',
        });
        expect((await session.query(`DELETE FROM ${table}`)).rowCount, table).toBe(1);
      }
      await session.query(`SELECT set_config('sidetone.scope', 'every-org', false)`);
      for (const table of ORG_TABLES)
        expect((await session.query(`SELECT 1 FROM ${table}`)).rowCount, table).toBe(1);
      await session.end();
    });

    test('[PG4] a role that passes it by is named in the facts', async () => {
      const url = new URL(server().adminUrl);
      url.pathname = new URL(await server().createDatabase()).pathname;
      const store = await openPostgresStore({ url: url.href, logId: 'l' });
      expect(store.facts.rowSecurity).toBe(false);
      await store.close();
    });

    test('[PG4] work for an org meets only its rows, on a connection that others used before', async () => {
      const url = await server().createDatabase();
      const store = await openPostgresStore({ url, logId: 'l' });
      const other = { ...eventOf('c2', 0, RINGING), orgId: 'org-2' as never };
      const own = storedCall('c1').map((event, position) => ({ position, event }));
      await store.append([...own, { position: 20, event: other }]);
      await store.close();
      const access = accessPostgres(url);
      const callsOf = async (client: pg.ClientBase): Promise<readonly string[]> =>
        (await client.query<{ id: string }>('SELECT id FROM conversations ORDER BY id')).rows.map(
          row => row.id,
        );
      for (let round = 0; round < 3; round += 1) {
        expect(await access.inOrg(ORG, callsOf)).toEqual(['c1']);
        expect(await access.inOrg('org-2' as never, callsOf)).toEqual(['c2']);
        expect(await access.everywhere(callsOf)).toEqual(['c1', 'c2']);
        expect(await access.inOrg('every-org' as never, callsOf)).toEqual([]);
      }
      await access.close();
    });
  });
});

/** A row with a value in every column that needs one. */
async function anyRow(session: pg.Client, table: string, org: string): Promise<string> {
  const { rows } = await session.query<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = $1 AND is_generated = 'NEVER' AND table_schema = 'public' AND column_default IS NULL`,
    [table],
  );
  const cells = rows.map(({ name, type }) => {
    if (name === 'consultation_type') return `'quote'`;
    if (type === 'text') return `'${org}'`;
    return type === 'bytea' ? `'\\x00'` : type === 'boolean' ? 'true' : '1';
  });
  return `INSERT INTO ${table} (${rows.map(row => row.name).join(', ')}) VALUES (${cells.join(', ')})`;
}
