import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { TicketOperation } from '#shared/domain/ticket.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import type { Store } from '#worker/store/store.ts';
import { draftOf } from '#tests/contract/ticketing.contract.ts';
import { EmulatedDesk } from '#tests/fakes/ticketing/emulated-desk.ts';
import { startServiceNow } from '#tests/fakes/ticketing/service-now-emulator.ts';
import { ScriptedTicketing } from '#tests/fakes/scripted-ticketing.ts';
import { createVirtualClock, type VirtualClock } from '#tests/fakes/virtual-clock.ts';
import { eventOf, ORG, RINGING } from '#tests/fixtures/stored-call.ts';
import { retryDelayMs } from './retry-schedule.ts';
import { TicketOutbox } from './ticket-outbox.ts';

const CALL = 'c1' as CallId;
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
const down = appError('ticketing.unreachable', 'down', { retryable: true });
const busy = appError('ticketing.busy', 'busy', { retryable: true });
const no = appError('ticketing.refused', 'no');

async function openBook(file = join(mkdtempSync(join(tmpdir(), 'sidetone-outbox-')), 'worker.sqlite')) {
  const store = await openSqliteStore({ file });
  await store.append([{ position: 0, event: eventOf(CALL, 0, RINGING) }]);
  cleanups.push(() => store.close());
  return store;
}

let position = 1;
/** The event of a wish, and with it its row. */
async function wish(store: Store, requestId: string, operation: TicketOperation) {
  const event = eventOf(CALL, position, { type: 'ticket.requested', requestId, operation });
  await store.append([{ position, event }]);
  position += 1;
  const request = await store.ticketRequest(requestId);
  if (!request) throw new Error('the row is missing');
  return request;
}
const create = (subject: string): TicketOperation => ({ kind: 'create', draft: draftOf(subject) });

function outboxOver(store: Store, adapter: ScriptedTicketing, clock: VirtualClock) {
  const told: CallEventDraft[] = [];
  let ids = 0;
  const outbox = new TicketOutbox({
    book: store,
    adapter,
    clock,
    newId: () => `o${String(position)}-${String((ids += 1))}`,
    append: (_callId, draft) => told.push(draft) > 0,
    onError: error => {
      throw error;
    },
  });
  cleanups.push(() => outbox.stop());
  /** Lets time pass in steps, and the store's thread answer, until enough is told. */
  const until = async (
    type: CallEventDraft['type'],
    count = 1,
    stepMs = 500,
  ): Promise<readonly CallEventDraft[]> => {
    const heard = async (): Promise<number> => {
      await clock.advanceAsync(stepMs);
      return told.filter(draft => draft.type === type).length;
    };
    await expect.poll(heard, { timeout: 50_000, interval: 2 }).toBeGreaterThanOrEqual(count);
    return told;
  };
  return { outbox, told, until };
}

// Each opens a real database; on a busy machine that alone takes seconds.
describe('the outbox', { timeout: 60_000 }, () => {
  test('[TIC20] the row of a request is there exactly when its event is', async () => {
    const store = await openBook();
    const request = await wish(store, 'r1', create('Lamp'));
    expect(request).toMatchObject({ state: 'waiting', attempts: 0, conversationId: CALL, orgId: ORG });
    // The same event again, as after a lost answer of the disk, changes nothing.
    const events = await store.callEvents(CALL, 0);
    await store.append(events.map((event, index) => ({ position: 900 + index, event })));
    expect(await store.openTicketRequests()).toHaveLength(1);
    const clash = { position: 0, event: eventOf('other', 0, RINGING) };
    const late = eventOf(CALL, 99, { type: 'ticket.requested', requestId: 'r2', operation: create('Chair') });
    await expect(store.append([{ position: 50, event: late }, clash])).rejects.toBeDefined();
    expect(await store.ticketRequest('r2')).toBeNull();
  });

  test('[TIC21][TIC25][TIC26] a failure that can pass is tried again, told in the log, and each try is audited', async () => {
    const store = await openBook();
    const adapter = new ScriptedTicketing();
    const { outbox, until, told } = outboxOver(store, adapter, createVirtualClock());
    adapter.answers(busy, busy);
    outbox.add(await wish(store, 'r1', create('Lamp, card 4111 1111 1111 1111')));
    await until('ticket.created');
    expect(told.map(draft => ('retryInMs' in draft ? draft.retryInMs : draft.type))).toEqual([
      1000,
      5000,
      'ticket.created',
    ]);
    expect(await store.ticketRequests(ORG, CALL)).toMatchObject([
      { requestId: 'r1', state: 'done', ticketId: 'T1', attempts: 3, errorCode: null },
    ]);
    expect(await store.tickets(ORG, { text: '', limit: 9 })).toMatchObject([
      { externalRef: 'T1', provider: 'scripted', status: 'new' },
    ]);
    const rows = await store.toolCalls(CALL);
    expect(rows.map(({ tool, status }) => [tool, status])).toEqual([
      ['ticketing.create', 'error'],
      ['ticketing.create', 'error'],
      ['ticketing.create', 'ok'],
    ]);
    expect(new Set(rows.map(row => row.requestHash)).size).toBe(1);
    expect(JSON.stringify(rows)).not.toMatch(/1111|5550/u);
    for (const row of rows) JSON.parse(row.redactedRequest);
  });

  test('[TIC21] a failure that cannot pass is given up at once', async () => {
    const store = await openBook();
    const adapter = new ScriptedTicketing();
    const { outbox, until } = outboxOver(store, adapter, createVirtualClock());
    adapter.answers(no);
    outbox.add(await wish(store, 'r1', create('Lamp')));
    const told = await until('ticket.failed');
    expect(told).toMatchObject([{ code: 'ticketing.refused', retryInMs: null, attempts: 1 }]);
    expect(await store.ticketRequests(ORG, CALL)).toMatchObject([
      { state: 'failed', errorCode: 'ticketing.refused' },
    ]);
    expect(await store.openTicketRequests()).toEqual([]);
  });

  test('[TIC21][TIC23] pauses grow, and a try whose end is unknown waits for the search of the server', () => {
    const clear = { retryable: true, unclear: false, settleMs: 180_000 };
    expect([1, 2, 3, 4, 5, 20].map(attempts => retryDelayMs(attempts, clear))).toEqual([
      1000, 5000, 30_000, 120_000, 600_000, 600_000,
    ]);
    expect(retryDelayMs(1, { ...clear, unclear: true })).toBe(180_000);
    expect(retryDelayMs(1, { ...clear, retryable: false })).toBeNull();
    expect(retryDelayMs(50, clear)).toBeNull();
  });

  test('[TIC23] after a lost answer it looks before it creates, and there is one ticket', async () => {
    const store = await openBook();
    const adapter = new ScriptedTicketing();
    const clock = createVirtualClock();
    const { outbox, until, told } = outboxOver(store, adapter, clock);
    adapter.answers('lost');
    const request = await wish(store, 'r1', create('Lamp'));
    outbox.add(request);
    outbox.add(request);
    await until('ticket.failed');
    expect(told).toMatchObject([{ code: 'ticketing.timeout', retryInMs: 60_000 }]);
    const waitedFrom = clock.mono();
    await until('ticket.created');
    expect(clock.mono() - waitedFrom).toBeGreaterThanOrEqual(60_000);
    expect(adapter.asked.map(({ context }) => context.isRetry)).toEqual([false, true]);
    expect([...adapter.made.keys()]).toEqual(['r1']);
  });

  test('[TIC22] a request that was on its way when the process died is looked for, not made again', async () => {
    const store = await openBook();
    const adapter = new ScriptedTicketing();
    await wish(store, 'r1', create('Lamp'));
    adapter.made.set('r1', 'T1');
    const sending = {
      state: 'sending',
      attempts: 1,
      nextAttemptAtMs: 0,
      ticketId: null,
      errorCode: null,
    } as const;
    const clock = createVirtualClock();
    await store.saveTicketRequest('r1', sending, clock.now());
    const { outbox, until } = outboxOver(store, adapter, clock);
    await outbox.start();
    expect(await until('ticket.created')).toMatchObject([{ ticketId: 'T1', attempts: 2 }]);
    expect(clock.mono()).toBeGreaterThanOrEqual(60_000);
    expect(adapter.made.size).toBe(1);
  });

  test('[TIC24] a note waits for its ticket, and goes with it if there will be none', async () => {
    const store = await openBook();
    const adapter = new ScriptedTicketing({ kind: 'server' });
    const { outbox, until, told } = outboxOver(store, adapter, createVirtualClock());
    adapter.answers(down);
    outbox.add(await wish(store, 'r1', create('Lamp')));
    outbox.add(await wish(store, 'n1', { kind: 'note', ticketRef: 'r1', note: 'Upset.' }));
    outbox.add(await wish(store, 'u1', { kind: 'update', ticketRef: 'r1', patch: { priority: 'urgent' } }));
    await until('ticket.changed', 2);
    expect(
      adapter.asked
        .map(({ call }) => call)
        .slice(-2)
        .sort(),
    ).toEqual(['note T1', 'update T1']);
    expect(await store.tickets(ORG, { text: '', limit: 9 })).toMatchObject([{ priority: 'urgent' }]);
    adapter.answers(no);
    outbox.add(await wish(store, 'r2', create('Chair')));
    outbox.add(await wish(store, 'n2', { kind: 'note', ticketRef: 'r2', note: 'Upset.' }));
    // One for the try that passed, one for the ticket that was refused, one for the note that went with it.
    await until('ticket.failed', 3);
    expect(told.filter(draft => draft.type === 'ticket.failed' && draft.retryInMs === null)).toMatchObject([
      { requestId: 'r2', code: 'ticketing.refused' },
      { requestId: 'n2', code: 'ticketing.unknown-ticket' },
    ]);
    expect(adapter.notes).toEqual(['Upset.']);
  });

  test('[TIC27] one that hangs does not stop the others, and is ended at its deadline', async () => {
    const store = await openBook();
    const adapter = new ScriptedTicketing();
    const clock = createVirtualClock();
    const { outbox, until, told } = outboxOver(store, adapter, clock);
    adapter.answers('hangs', 'hangs', 'ok', 'ok');
    for (const id of ['h1', 'h2', 'r1', 'r2']) outbox.add(await wish(store, id, create(id)));
    // The others are there before any time has passed at all.
    await until('ticket.created', 2, 0);
    expect(clock.mono()).toBe(0);
    await until('ticket.failed', 2);
    expect(told.filter(draft => draft.type === 'ticket.failed')).toMatchObject([
      { code: 'ticketing.timeout' },
      { code: 'ticketing.timeout' },
    ]);
  });
});

test('[TIC22] killed at any moment, every wish becomes one ticket (5 kills)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-killed-'));
  const desk = new EmulatedDesk(folder);
  const server = await startServiceNow(desk);
  cleanups.push(() => server.close());
  const file = join(folder, 'worker.sqlite');
  const start = (call: string, count: number) =>
    spawn(
      process.execPath,
      [
        '--no-warnings',
        join(import.meta.dirname, '../../tests/fixtures/ticketing-child.ts'),
        file,
        String(server.port),
        call,
        String(count),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
  const wished: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const child = start(`k${String(round)}`, 6);
    const gone = once(child, 'exit');
    for await (const line of createInterface({ input: child.stdout })) {
      wished.push(line);
      // Somewhere between the wish, the asking, the making and the writing down.
      if (line.endsWith(`r${String(round % 6)}`)) systemClock.after(round * 15, () => child.kill('SIGKILL'));
    }
    await gone;
  }
  const last = start('last', 0);
  const subjects = (): unknown[] => desk.records.map(record => record['short_description']);
  await expect
    .poll(() => wished.filter(requestId => !subjects().includes(requestId)), { timeout: 90_000 })
    .toEqual([]);
  last.kill('SIGTERM');
  await once(last, 'exit');
  const store = await openSqliteStore({ file });
  for (const requestId of wished) expect((await store.ticketRequest(requestId))?.attempts).toBeGreaterThan(0);
  await store.close();
  expect(wished.length).toBeGreaterThan(4);
  for (const requestId of wished) expect(subjects()).toContain(requestId);
  expect(subjects().length).toBe(new Set(subjects()).size);
}, 180_000);
