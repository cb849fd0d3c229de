import { beforeEach, describe, expect, test } from 'vitest';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { findPostgres } from '#infra/postgres/find-postgres.ts';
import { asAdmin } from '#infra/postgres/start-postgres.ts';
import { eventOf, storedCall } from '#tests/fixtures/stored-call.ts';
import { foundPostgres, onPostgres, sessionOf, usePostgres } from '#tests/fixtures/test-postgres.ts';
import { openPostgresStore, type PostgresStore } from './postgres-store.ts';
import { toPostgresError } from './postgres-error.ts';

const entriesOf = (callId: string, from = 0): readonly JournalEntry[] =>
  storedCall(callId).map((event, index) => ({ position: from + index, event }));
const coded = (code: string): object => ({ body: { code } });

test('[PG1] where there is no server, the reason is given', () => {
  expect(findPostgres('/nowhere', '/nowhere')).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/initdb/u) as unknown,
  });
});

test('[PG7] what the way to the server says has a code too, and what is ours keeps its own', () => {
  const codeOf = (cause: unknown): string => toPostgresError(cause).body.code;
  for (const code of [
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    '57P01',
    '57P03',
    '08006',
    '53300',
  ])
    expect(codeOf({ code }), code).toBe('storage.unreachable');
  for (const words of ['Connection terminated unexpectedly', 'timeout expired', 'Query read timeout'])
    expect(codeOf(new Error(words)), words).toBe('storage.unreachable');
  for (const code of [
    '28P01',
    '3D000',
    '42501',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])
    expect(codeOf({ code }), code).toBe('storage.refused');
  expect(toPostgresError({ code: '23505' }).body).toMatchObject({ code: 'storage.failed', retryable: false });
  expect(toPostgresError({ code: '42P01' }).body).toMatchObject({ code: 'storage.failed', retryable: true });
});

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  const server = usePostgres();
  let url: string;
  let store: PostgresStore;
  beforeEach(async () => {
    url = await server().createDatabase();
    store = await openPostgresStore({ url, logId: 'own' });
    return () => store.close();
  });
  /** The admin's view of the same database. */
  const asSuperuser = (): string =>
    Object.assign(new URL(server().adminUrl), { pathname: new URL(url).pathname }).href;

  test('[PG7] who is not let in, and who finds nobody, is told so without the password', async () => {
    const wrong = new URL(url);
    wrong.password = 'not-the-password';
    const away = new URL(url);
    away.port = '1';
    const missing = new URL(url);
    missing.pathname = '/no_such_database';
    for (const [address, code] of [
      [wrong, 'storage.refused'],
      [missing, 'storage.refused'],
      [away, 'storage.unreachable'],
    ] as const) {
      const error: unknown = await openPostgresStore({ url: address.href, logId: 'x' }).catch(
        (e: unknown) => e,
      );
      expect(error).toMatchObject(coded(code));
      const told = AppError.is(error) ? JSON.stringify(error.body) : '';
      expect(told).not.toContain(address.password);
      expect(told).not.toContain(address.host);
    }
  });

  test('[PG8][PG7] a connection that is cut in the middle of a group leaves nothing of it, and the next try all of it', async () => {
    await store.append(entriesOf('c1'));
    const session = await sessionOf(url);
    await session.query('BEGIN');
    // The events are written by then; the group stands before its last change of the call.
    await session.query(`SELECT 1 FROM conversations WHERE id = 'c1' FOR UPDATE`);
    const late = [
      { position: 50, event: eventOf('c1', 9, { type: 'call.dtmf-received', digit: '1' }) },
      {
        position: 51,
        event: eventOf('c1', 10, { type: 'recording.started', format: 'ogg-opus', sample: 0 }),
      },
    ] as const;
    const cut = store.append(late).catch((error: unknown) => error);
    await expect
      .poll(
        async () =>
          (
            await session.query(
              `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
            )
          ).rowCount,
      )
      .toBe(1);
    await asAdmin(
      asSuperuser(),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    expect(await cut).toMatchObject(coded('storage.unreachable'));
    await session.query('ROLLBACK');
    await session.end();
    expect(await store.head()).toBe(8);
    await store.append(late);
    await store.append(late);
    expect(await store.head()).toBe(51);
    expect((await store.entries(8, 10)).map(({ position }) => position)).toEqual([50, 51]);
  });

  test('[PG7] a server that crashed or was shut down is not there, and then is again', async () => {
    await store.append(entriesOf('c1'));
    for (const goAway of [() => server().crash(), () => server().shutDown()]) {
      await goAway();
      await expect(store.append(entriesOf('c2', 20))).rejects.toMatchObject(coded('storage.unreachable'));
      await expect(store.head()).rejects.toMatchObject(coded('storage.unreachable'));
      await server().start();
      await store.append(entriesOf('c2', 20));
      expect(await store.head()).toBe(28);
    }
    expect(await store.entries(-1, 100)).toEqual([...entriesOf('c1'), ...entriesOf('c2', 20)]);
  });

  test('[PG7] a database that may only be read, and then written again', async () => {
    const name = new URL(url).pathname.slice(1);
    await asAdmin(server().adminUrl, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const other = { url, logId: 'other' };
    await expect(openPostgresStore(other)).rejects.toMatchObject(coded('storage.read-only'));
    await asAdmin(
      asSuperuser(),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sidetone' AND datname = current_database()`,
    );
    await expect
      .poll(() => store.append(entriesOf('c1')).catch((error: unknown) => error))
      .toMatchObject(coded('storage.read-only'));
    await asAdmin(server().adminUrl, `ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await store.append(entriesOf('c1'));
    expect(await store.head()).toBe(8);
  });

  test('[PG7] a disk of the server that takes no more, and then does', async () => {
    const session = await sessionOf(url);
    // The server's own code for ENOSPC, raised where the disk would: while rows of a group are written.
    await session.query(
      `CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$`,
    );
    await session.query(
      'CREATE TRIGGER disk_full BEFORE INSERT ON audit_policy EXECUTE FUNCTION disk_full()',
    );
    await expect(store.append(entriesOf('c1'))).rejects.toMatchObject(coded('storage.full'));
    expect(await store.head()).toBe(-1);
    await session.query('DROP TRIGGER disk_full ON audit_policy');
    await store.append(entriesOf('c1'));
    expect(await store.head()).toBe(8);
    await session.end();
  });

  test('[PG5] of two that write the same log, the one that opened it last goes on', async () => {
    await store.append(entriesOf('c1'));
    const second = await openPostgresStore({ url, logId: 'own' });
    await expect(store.append(entriesOf('c2', 9))).rejects.toMatchObject(coded('storage.locked'));
    await second.append(entriesOf('c3', 9));
    expect(await second.callEvents('c2' as never, -1)).toEqual([]);
    await second.close();
  });

  test('[PG5][PG6] two workers that write at the same time keep their own logs, and who follows sees all of both once', async () => {
    const second = await openPostgresStore({ url, logId: 'second' });
    const seen: string[] = [];
    const stop = store.follow({ after: null, onEvents: events => seen.push(...events.map(({ id }) => id)) });
    const write = async (writer: PostgresStore, name: string): Promise<void> => {
      for (let call = 0; call < 12; call += 1) {
        const entries = entriesOf(`${name}-${String(call)}`, call * 9);
        await writer.append(call === 11 ? entries.slice(0, 4) : entries);
      }
    };
    await Promise.all([write(store, 'a'), write(second, 'b')]);
    const idsOf = (name: string): readonly string[] =>
      Array.from({ length: 12 }, (_, call) => entriesOf(`${name}-${String(call)}`))
        .flatMap((entries, call) => (call === 11 ? entries.slice(0, 4) : entries))
        .map(({ event }) => event.id);
    await expect.poll(() => seen.length, { timeout: 90_000 }).toBe(206);
    await stop();
    for (const name of ['a', 'b']) expect(seen.filter(id => id.startsWith(name))).toEqual(idsOf(name));
    expect((await second.entries(-1, 1000)).map(({ event }) => event.id)).toEqual(idsOf('b'));
    expect((await store.openCalls()).map(({ callId }) => callId)).toEqual(['a-11']);
    expect((await second.openCalls()).map(({ callId }) => callId)).toEqual(['b-11']);
    await second.close();
  });

  test('[PG6] what began earlier and is there later is not passed over; without any wake-up it comes with the next look', async () => {
    const early = await sessionOf(url);
    const insert = (id: string, position: number): string =>
      `INSERT INTO call_events (log_id, position, id, org_id, conversation_id, seq, event_type, ts, schema_version, payload_json) VALUES ('early', ${String(position)}, '${id}', 'o', 'early', ${String(position)}, 'x', 0, 1, '{"id":"${id}"}')`;
    await early.query('BEGIN');
    await early.query(insert('early-0', 0));
    const seen: string[] = [];
    const stop = store.follow({
      after: null,
      pollMs: 50,
      onEvents: events => seen.push(...events.map(({ id }) => id)),
    });
    await store.append(entriesOf('c1'));
    expect(await store.head()).toBe(8);
    await early.query('COMMIT');
    const ids = storedCall('c1').map(({ id }) => id);
    await expect.poll(() => seen.length).toBe(10);
    expect(seen).toEqual(['early-0', ...ids]);
    await early.query(insert('early-1', 1));
    await expect.poll(() => seen.at(-1)).toBe('early-1');
    await stop();
    await early.end();
  });

  test('[PG6] who follows goes on where it was when its connection is cut', async () => {
    const seen: string[] = [];
    const lost: string[] = [];
    const stop = store.follow({
      after: null,
      onEvents: events => seen.push(...events.map(({ id }) => id)),
      onLost: error => lost.push(error.body.code),
    });
    await store.append(entriesOf('c1'));
    await expect.poll(() => seen.length).toBe(9);
    await asAdmin(
      asSuperuser(),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT 1 FROM call_events WHERE xid%'`,
    );
    await expect.poll(() => lost).toEqual(['storage.unreachable']);
    await store.append(entriesOf('c2', 9));
    await expect.poll(() => seen.length, { timeout: 90_000 }).toBe(18);
    expect(new Set(seen).size).toBe(18);
    await stop();
  });
});
