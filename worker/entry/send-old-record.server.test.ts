import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import { eventOf, ORG, RINGING, storedCall } from '#tests/fixtures/stored-call.ts';
import { foundPostgres, onPostgres, sessionOf, usePostgres } from '#tests/fixtures/test-postgres.ts';
import { WorkerHealth } from '#worker/control/worker-health.ts';
import { openPostgresStore } from '#worker/store/postgres/postgres-store.ts';
import type { SpooledItem, TeamStore } from '#worker/store/spool.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { sendOldRecord, type OldRecordOptions } from './send-old-record.ts';
import { systemClock } from './system-clock.ts';

const entriesOf = (callId: string, from: number) =>
  storedCall(callId).map((event, index) => ({ position: from + index, event }));
const TICKET = {
  ticketId: 't1',
  requestId: 'r1',
  externalRef: null,
  provider: 'p',
  draft: {
    subject: 'Lamp',
    description: 'broken',
    requester: { name: 'Elena', phone: null, email: null },
    priority: 'high' as const,
    tags: ['lamp'],
    metadata: { order: '4711' },
  },
  conversationId: 'c1' as CallId,
  atMs: 1 as never,
};

describe.skipIf(!foundPostgres.ok)(onPostgres, () => {
  const server = usePostgres();
  let url: string;
  let folder: string;
  beforeEach(async () => {
    url = await server().createDatabase();
    folder = mkdtempSync(join(tmpdir(), 'sidetone-old-record-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const options = (
    connect: OldRecordOptions['connect'] = logId => openPostgresStore({ url, logId }),
  ): OldRecordOptions => ({
    folder,
    connect,
    clock: systemClock,
    random: () => 1,
    setAside: (_item, error) => {
      throw error;
    },
    log: pino({ level: 'silent' }),
    health: new WorkerHealth(),
  });
  const count = async (table: string): Promise<number> => {
    const session = await sessionOf(url);
    const { rows } = await session.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    await session.end();
    return rows[0]?.n ?? 0;
  };
  const alone = () => openSqliteStore({ file: join(folder, 'worker.sqlite') });
  /** As a worker without a database left it: ended calls, one that a crash left open, a ticket and an access. */
  async function fill(calls: number): Promise<void> {
    const store = await alone();
    for (let call = 1; call <= calls; call += 1)
      await store.append(entriesOf(`c${String(call)}`, (call - 1) * 9));
    await store.append([{ position: calls * 9, event: eventOf('open', 0, RINGING) }]);
    await store.saveTicket(ORG, TICKET);
    await store.updateTicket(ORG, 't1', { status: 'open' }, 2 as never);
    await store.addTicketNote(ORG, 't1', { noteId: 'n1', text: 'Called back.', atMs: 3 as never });
    await store.recordAccess({
      id: 'a',
      orgId: ORG,
      userId: 'u',
      action: 'x',
      outcome: 'ok',
      atMs: 1,
      payload: {},
    });
    await store.close();
  }

  test('[PG17] a record from before there was a database is sent once, with all that belongs to it', async () => {
    await fill(3);
    await sendOldRecord(options()).sent;
    expect(await count('call_events')).toBe(3 * 9 + 2);
    expect([await count('audit_access'), await count('tickets'), await count('ticket_notes')]).toEqual([
      1, 1, 1,
    ]);
    const team = await openPostgresStore({ url, logId: 'reader' });
    expect(await team.ticket(ORG, 't1')).toMatchObject({ status: 'open', priority: 'high', tags: ['lamp'] });
    expect(await team.conversation(ORG, 'c2' as CallId)).not.toBeNull();
    expect(await team.conversation(ORG, 'open' as CallId)).toMatchObject({ endReason: 'worker-crashed' });
    // What people have changed there since is not taken back.
    await team.updateTicket(ORG, 't1', { status: 'solved' }, 9 as never);
    await sendOldRecord(options(() => Promise.reject(new Error('nothing is sent')))).sent;
    // A worker without the database goes on with the old record.
    const store = await alone();
    await store.append(entriesOf('later', (await store.head()) + 1));
    await store.close();
    await sendOldRecord(options()).sent;
    expect(await count('call_events')).toBe(4 * 9 + 2);
    expect(await team.ticket(ORG, 't1')).toMatchObject({ status: 'solved' });
    await team.close();
  });

  test('[PG17] it goes on where it was ended, and nothing is there twice', async () => {
    await fill(150);
    let handed = 0;
    const failing = async (logId: string): Promise<TeamStore> => {
      const team = await openPostgresStore({ url, logId });
      const takeOver = async (items: readonly SpooledItem[]): Promise<void> => {
        handed += 1;
        // The answer of the first is lost, and then the database is away.
        if (handed === 1) await team.takeOver(items.slice(0, 1));
        throw appError('storage.unreachable', 'away', { retryable: true });
      };
      return { ...team, takeOver };
    };
    const first = sendOldRecord(options(failing));
    await expect.poll(() => handed, { timeout: 90_000 }).toBeGreaterThan(1);
    await first.stop();
    const arrived = await count('call_events');
    expect(arrived).toBeGreaterThan(0);
    expect(arrived).toBeLessThan(150 * 9 + 2);
    await sendOldRecord(options()).sent;
    expect(await count('call_events')).toBe(150 * 9 + 2);
    expect(await count('conversations')).toBe(151);
  });

  test('[PG17] where there is no such record nothing happens', async () => {
    await sendOldRecord(options(() => Promise.reject(new Error('nobody is asked')))).sent;
    expect(readdirSync(folder)).toEqual([]);
  });
});
