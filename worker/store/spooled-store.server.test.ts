import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewConsultation, RoomEventRow } from '#shared/adapters/consultation-book.ts';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { callQuerySchema } from '#shared/domain/call-list.ts';
import { consultationQuerySchema } from '#shared/domain/consultation.ts';
import { appError } from '#shared/errors/app-error.ts';
import { STORE_CONTRACT } from '#tests/contract/store.contract.ts';
import { eventOf, ORG, RINGING, storedCall } from '#tests/fixtures/stored-call.ts';
import { foundPostgres, onPostgres, sessionOf, usePostgres } from '#tests/fixtures/test-postgres.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { openPostgresStore } from './postgres/postgres-store.ts';
import type { SpooledItem, TeamStore } from './spool.ts';
import type { SpoolFeedOptions } from './spool-feed.ts';
import { openSpooledStore } from './spooled-store.ts';
import { openSqliteSpool } from './sqlite/sqlite-store.ts';
import type { Store } from './store.ts';

const entriesOf = (callId: string, from = 0): readonly JournalEntry[] =>
  storedCall(callId).map((event, index) => ({ position: from + index, event }));
const coded = (code: string): object => ({ body: { code } });
const access = (id: string) => ({
  id,
  orgId: ORG,
  userId: 'u',
  action: 'a',
  outcome: 'ok',
  atMs: 1,
  payload: {},
});
const DRAFT = {
  subject: 'Lamp',
  description: 'broken',
  requester: { name: 'Elena', phone: null, email: null },
  priority: 'high' as const,
  tags: [],
  metadata: {},
};
const ticket = {
  ticketId: 't1',
  requestId: 'r1',
  externalRef: null,
  provider: 'p',
  draft: DRAFT,
  conversationId: null,
};
const consultation = (id: string): NewConsultation => ({
  id: id as CallId,
  orgId: ORG,
  roomName: `room-${id}`,
  type: 'claims',
  atMs: Number(id.slice(1)) as never,
});
const roomEvent = (id: string): RoomEventRow => ({
  id: `finished-${id}`,
  name: 'room_finished',
  roomName: `room-${id}`,
  createdAtMs: 66_000,
  receivedAtMs: 66_001,
  roomCreatedAtMs: null,
  recordingUrl: null,
  payloadJson: '{}',
});
const away = (): Promise<TeamStore> =>
  Promise.reject(appError('storage.unreachable', 'away', { retryable: true }));

let folder: string;
const open: Store[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetone-spooled-'));
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

async function openWith(
  connect: SpoolFeedOptions['connect'],
  more: Partial<SpoolFeedOptions> = {},
): Promise<Store> {
  const store = await openSpooledStore({
    local: await openSqliteSpool({ file: join(folder, 'spool.sqlite') }),
    connect,
    clock: systemClock,
    random: () => 1,
    onBehind: () => undefined,
    setAside: (_item, error) => {
      throw error;
    },
    ...more,
  });
  open.push(store);
  return store;
}

describe('[PG10] Store contract: while the team’s store is away', () => {
  test.each(STORE_CONTRACT)('$title', async ({ title, run }) => {
    const store = await openWith(away);
    // Of tickets that are not here the answer is that it cannot be known, not that there are none.
    const known = {
      updateTicket: store.updateTicket,
      addTicketNote: store.addTicketNote,
      conversation: store.conversation,
      archiveConsultation: store.archiveConsultation,
    };
    const orNo =
      <Value>(value: Value) =>
      (error: unknown): Value => {
        expect(error).toMatchObject(coded('storage.unreachable'));
        return value;
      };
    // Accounts, documents, and what there is of callers, are the team’s alone.
    const isTeams = /^\[(?:ACC|PRIV|NOT)/u.test(title);
    const ran = run({
      ...store,
      updateTicket: (...args) => known.updateTicket(...args).catch(orNo(false)),
      addTicketNote: (...args) => known.addTicketNote(...args).catch(orNo(false)),
      conversation: (...args) => known.conversation(...args).catch(orNo(null)),
      archiveConsultation: (...args) => known.archiveConsultation(...args).catch(orNo(false)),
    });
    await (isTeams ? ran.catch(orNo(undefined)) : ran);
  });
});

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  const server = usePostgres();
  let url: string;
  beforeEach(async () => {
    url = await server().createDatabase();
  });
  const connect = (logId: string): Promise<TeamStore> => openPostgresStore({ url, logId });
  const idsThere = async (table: string): Promise<readonly string[]> => {
    const session = await sessionOf(url);
    const { rows } = await session.query<{ id: string }>(`SELECT id FROM ${table} ORDER BY id COLLATE "C"`);
    await session.end();
    return rows.map(({ id }) => id);
  };

  describe('[PG10] Store contract: with the team’s store', () => {
    test.each(STORE_CONTRACT)('$title', async ({ run }) => {
      await run(await openWith(connect));
    });
  });

  test('[PG10] what is written is durable while the server does not answer, and the worker is told', async () => {
    await server().crash();
    const told: (string | null)[] = [];
    const store = await openWith(connect, { onBehind: behind => told.push(behind?.error.code ?? null) });
    await store.append(entriesOf('c1'));
    await store.saveTicket(ORG, { ...ticket, atMs: 1 as never });
    expect(await store.updateTicket(ORG, 't1', { status: 'open' }, 2 as never)).toBe(true);
    expect(await store.head()).toBe(8);
    expect(told[0]).toBe('storage.unreachable');
    await server().start();
    await expect.poll(() => told.at(-1), { timeout: 90_000 }).toBe(null);
    expect(await idsThere('call_events')).toEqual(storedCall('c1').map(({ id }) => id));
    const team = await openPostgresStore({ url, logId: 'reader' });
    expect(await team.ticket(ORG, 'r1')).toMatchObject({ ticketId: 't1', status: 'open' });
    await team.close();
  });

  test('[PG12] what concerns the team is read there, and from here while it is away; what only others have is refused', async () => {
    const other = await openPostgresStore({ url, logId: 'another worker' });
    await other.append(entriesOf('theirs'));
    const store = await openWith(connect);
    await store.append(entriesOf('ours'));
    const listed = async (): Promise<readonly string[]> =>
      (await store.conversations(ORG, callQuerySchema.parse({}))).map(({ id }) => id).sort();
    const all = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
    expect(await listed()).toEqual(['ours', 'theirs']);
    expect(await store.figures(ORG, all)).toHaveLength(2);
    expect(await store.callEvents('theirs' as CallId, -1)).toHaveLength(9);
    expect(await store.conversation(ORG, 'theirs' as CallId)).not.toBeNull();
    expect(await store.conversation(ORG, 'nobody' as CallId)).toBeNull();
    expect(await store.openCalls()).toEqual([]);
    await other.close();
    await server().crash();
    await store.append(entriesOf('later', 9));
    expect(await listed()).toEqual(['later', 'ours']);
    expect(await store.figures(ORG, all)).toHaveLength(2);
    expect(await store.conversation(ORG, 'ours' as CallId)).not.toBeNull();
    expect(await store.callEvents('later' as CallId, -1)).toHaveLength(9);
    await expect(store.conversation(ORG, 'theirs' as CallId)).rejects.toMatchObject(
      coded('storage.unreachable'),
    );
    await expect(store.updateTicket(ORG, 'theirs', {}, 1 as never)).rejects.toMatchObject(
      coded('storage.unreachable'),
    );
    await server().start();
    await expect.poll(listed, { timeout: 90_000 }).toEqual(['later', 'ours', 'theirs']);
  });

  test('[PG10] who is not let in does not begin, and says why', async () => {
    const wrong = new URL(url);
    wrong.password = 'not-the-password';
    await expect(openWith(logId => openPostgresStore({ url: wrong.href, logId }))).rejects.toMatchObject(
      coded('storage.refused'),
    );
  });

  test('[PG11] an answer that got lost doubles nothing', async () => {
    let losses = 0;
    const lossy = async (logId: string): Promise<TeamStore> => {
      const team = await connect(logId);
      const takeOver = async (items: readonly SpooledItem[]): Promise<void> => {
        await team.takeOver(items);
        // Every second answer is lost after the work was done.
        if ((losses += 1) % 2 === 1) throw appError('storage.unreachable', 'lost', { retryable: true });
      };
      return { ...team, takeOver };
    };
    const store = await openWith(lossy, { random: () => 2 });
    await store.append([...entriesOf('c1')]);
    await store.append([{ position: 9, event: eventOf('c2', 0, RINGING) }]);
    await store.saveTicket(ORG, { ...ticket, atMs: 1 as never });
    for (let note = 0; note < 20; note += 1) {
      const event = {
        ...eventOf('c2', note + 1, {
          type: 'chunk.vetoed',
          chunkId: 'k' as never,
          by: 'supervisor',
          policy: 'p',
          reason: 'r',
          remedy: 'drop',
          auditId: `v${String(note)}`,
          verdicts: [],
          judgeMs: 0,
        }),
      };
      await store.append([{ position: 10 + note, event }]);
    }
    await expect.poll(async () => (await idsThere('call_events')).length, { timeout: 90_000 }).toBe(30);
    const team = await openPostgresStore({ url, logId: 'reader' });
    expect(await team.conversation(ORG, 'c2' as CallId)).toMatchObject({ vetoCount: 20 });
    await team.close();
    expect(losses).toBeGreaterThan(1);
  });

  test('[PG13] a folder that was put back from a copy loses nothing and mixes nothing up', async () => {
    const saved = join(folder, 'copy.sqlite');
    const file = join(folder, 'spool.sqlite');
    const first = await openWith(connect);
    await first.append(entriesOf('c1'));
    await open.pop()?.close();
    cpSync(file, saved);
    const second = await openWith(connect);
    await second.append(entriesOf('c2', 9));
    await second.recordAccess(access('only-there'));
    await open.pop()?.close();
    rmSync(file);
    cpSync(saved, file);
    // The same positions again, for another call.
    const third = await openWith(connect);
    await third.append(entriesOf('c3', 9));
    await third.recordAccess(access('after'));
    await expect.poll(() => idsThere('audit_access'), { timeout: 90_000 }).toEqual(['after', 'only-there']);
    const all = ['c1', 'c2', 'c3'].flatMap(id => storedCall(id).map(event => event.id)).sort();
    expect(await idsThere('call_events')).toEqual(all);
  });

  test('[PG13] a database that was replaced is given the whole record again', async () => {
    const first = await openWith(connect);
    await first.append(entriesOf('c1'));
    await first.recordAccess(access('before'));
    await first.addConsultation(consultation('k1'));
    await first.recordRoomEvent(roomEvent('k1'));
    await open.pop()?.close();
    url = await server().createDatabase();
    const second = await openWith(connect);
    await second.append(entriesOf('c2', 9));
    await expect.poll(async () => (await idsThere('call_events')).length, { timeout: 90_000 }).toBe(18);
    await expect.poll(() => idsThere('audit_access'), { timeout: 90_000 }).toEqual(['before']);
    expect(await second.consultations(ORG, consultationQuerySchema.parse({}))).toMatchObject([
      { id: 'k1', endedAtMs: 66_000, recordingUrl: null },
    ]);
  });

  test('[PG12][PG15] a room that one worker opened and another is told of is one consultation of the team', async () => {
    const told: (string | null)[] = [];
    const own = await openWith(connect, { onBehind: behind => told.push(behind?.error.code ?? null) });
    const other = await openPostgresStore({ url, logId: 'another worker' });
    const listed = async (): Promise<readonly unknown[]> =>
      (await own.consultations(ORG, consultationQuerySchema.parse({}))).map(({ id, endedAtMs }) => [
        id,
        endedAtMs,
      ]);
    await own.addConsultation(consultation('k1'));
    await other.recordRoomEvent(roomEvent('k1'));
    await other.addConsultation(consultation('k2'));
    expect(await listed()).toEqual([
      ['k2', null],
      ['k1', 66_000],
    ]);
    // An event that reaches both workers is one.
    await own.recordRoomEvent(roomEvent('k1'));
    expect(await own.roomEvents('room-k1')).toHaveLength(1);
    expect(await own.archiveConsultation(ORG, 'k2' as CallId, true)).toBe(true);
    expect(await own.archiveConsultation(ORG, 'nobody' as CallId, true)).toBe(false);
    expect(await listed()).toEqual([['k1', 66_000]]);
    await other.close();
    await server().crash();
    await own.addConsultation(consultation('k3'));
    expect(await own.recordRoomEvent(roomEvent('k3'))).toBe(true);
    expect(await own.archiveConsultation(ORG, 'k1' as CallId, true)).toBe(true);
    await expect(own.archiveConsultation(ORG, 'k2' as CallId, false)).rejects.toMatchObject(
      coded('storage.unreachable'),
    );
    expect(await listed()).toEqual([['k3', 66_000]]);
    await server().start();
    await expect.poll(() => told.at(-1), { timeout: 90_000 }).toBe(null);
    const team = await openPostgresStore({ url, logId: 'reader' });
    const all = await team.consultations(ORG, consultationQuerySchema.parse({ archived: 'all' }));
    expect(all.map(({ id, endedAtMs, archived }) => [id, endedAtMs, archived])).toEqual([
      ['k3', 66_000, false],
      ['k2', null, true],
      ['k1', 66_000, true],
    ]);
    await team.close();
  });

  test('[PG14] what the database refuses for what it holds is set aside, and everything else arrives', async () => {
    const aside: SpooledItem[] = [];
    const store = await openWith(connect, { setAside: item => aside.push(item) });
    const other = await openPostgresStore({ url, logId: 'another worker' });
    // The same place of the same call, written by somebody else: there it can be only once.
    await other.append([{ position: 0, event: { ...eventOf('c2', 4, RINGING), id: 'impostor' } }]);
    await other.close();
    await store.append([...entriesOf('c1'), ...entriesOf('c2', 9)]);
    await store.recordAccess(access('behind it'));
    await expect.poll(() => idsThere('audit_access'), { timeout: 90_000 }).toEqual(['behind it']);
    expect(
      aside.flatMap(item => (item.method === 'append' ? item.args[0] : [])).map(({ event }) => event.id),
    ).toEqual(['c2-4']);
    expect((await idsThere('call_events')).length).toBe(18);
  });
});
