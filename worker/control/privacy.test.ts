import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { SavedRevision } from '#shared/protocol/knowledge.ts';
import { noteOf, writeNote } from '#worker/media/recorder/recording-note.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import type { AccessRow } from '#worker/store/store.ts';
import { saved, writer } from '#tests/fixtures/knowledge-revisions.ts';
import { recordingOrder } from '#tests/fixtures/recording-order.ts';
import { eventOf, RINGING, storedCall } from '#tests/fixtures/stored-call.ts';
import { askControl, BOOT_SECRET, quietControl } from '#tests/fixtures/quiet-control.ts';
import { LOCAL_ADMIN } from './demo-people.ts';
import { startControl } from './start-control.ts';

const { orgId } = LOCAL_ADMIN;
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-privacy-'));
  const recordings = join(folder, 'recordings');
  mkdirSync(recordings);
  const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  const rows: AccessRow[] = [];
  let position = 0;
  const add = async (events: readonly CallEvent[]): Promise<void> => {
    for (const event of events) await store.append([{ position: position++, event: { ...event, orgId } }]);
  };
  await add(storedCall('c1'));
  await add(storedCall('c2'));
  await add([
    eventOf('c3', 0, { ...RINGING, displayName: 'Somebody else', from: '+49 30 5550 999' }),
    eventOf('c3', 1, { type: 'call.ended', reason: 'caller-hung-up', durationMs: 1 }),
  ]);
  writeNote(recordings, { ...noteOf(recordingOrder('c1', {})), orgId });
  writeFileSync(join(recordings, 'c1.ogg'), 'OggS');
  const control = await startControl({
    ...quietControl(store, folder),
    store: { ...store, recordAccess: row => Promise.resolve(void rows.push(row)) },
    recordings,
  });
  cleanups.push(async () => {
    await control.close();
    await store.close();
  });
  const ask = async (path: string, body?: unknown, token?: string) => {
    const response = await askControl(`http://127.0.0.1:${String(control.port)}`, path, body, token);
    return (await response.json()) as Record<string, unknown> & {
      readonly token: string;
      readonly error?: { readonly code: string };
      readonly jsonLines: string;
    };
  };
  const { token } = await ask('/api/sessions', { bootSecret: BOOT_SECRET });
  const supervisor = (await ask('/api/sessions', { userId: 'user-tanaka' }, token)).token;
  return {
    store,
    rows,
    add,
    recordings,
    supervisor,
    ask: (path: string, body?: unknown, as = token) => ask(path, body, as),
  };
}

const ELENA = { by: 'phone', value: '030 5550142' };

describe('how long things are kept', () => {
  test('[PRIV6] admins see and choose the profile of the org, and the choice is in the audit', async () => {
    const { ask, rows, supervisor, store } = await bench();
    expect(await ask('/api/retention')).toMatchObject({ profile: 'standard', isChosen: false });
    expect((await ask('/api/retention', { profile: 'for-ever' })).error?.code).toBe('input.invalid');
    expect((await ask('/api/retention', { profile: 'short' }, supervisor)).error?.code).toBe('access.denied');
    const chosen = await ask('/api/retention', { profile: 'seven-years' });
    expect(chosen).toMatchObject({ profile: 'seven-years', isChosen: true });
    expect(chosen['profiles']).toContainEqual({ name: 'seven-years', audioDays: 2557, wordDays: 2557 });
    expect(await store.retentionProfile(orgId)).toBe('seven-years');
    expect(rows.at(-1)).toMatchObject({
      action: 'retention.choose',
      payload: { before: 'standard', profile: 'seven-years' },
    });
  });
});

describe('a person', () => {
  test('[PRIV11] is exported as JSON lines with everything there is, which is in the audit without their name', async () => {
    const { ask, rows } = await bench();
    const { calls, jsonLines } = await ask('/api/privacy/export', { person: ELENA });
    expect(calls).toBe(2);
    const lines = jsonLines
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { call: { callId: string }; turns: unknown[]; events: unknown[] });
    expect(lines.map(line => [line.call.callId, line.turns.length, line.events.length])).toEqual([
      ['c1', 2, 9],
      ['c2', 2, 9],
    ]);
    expect(lines[0]?.call).toMatchObject({ displayName: 'Elena Fischer', hasRecording: true, tickets: 0 });
    expect(jsonLines).not.toContain('Somebody else');
    expect(rows).toMatchObject([{ action: 'privacy.export', payload: { callIds: ['c1', 'c2'] } }]);
    expect(JSON.stringify(rows)).not.toMatch(/elena|5550/iu);
  });

  test('[NOT13] is exported with every revision of the notes on their calls, deleted ones too', async () => {
    const { ask, store } = await bench();
    const note = (id: string, parent: string | null, text: string, more: Partial<SavedRevision> = {}) =>
      saved(id, parent, [text], { docId: 'note.n1', fields: { callId: 'c1', flag: 'coach' }, ...more });
    for (const revision of [
      note('r1', null, 'She waits.'),
      note('r2', 'r1', 'She waits for long.', { isDeleted: true }),
      note('o1', null, 'Of another.', { docId: 'note.o1', fields: { callId: 'c3' } }),
    ])
      await store.saveRevision(orgId, revision, writer('Ada'));
    const { jsonLines } = await ask('/api/privacy/export', { person: ELENA });
    const [first] = jsonLines.trim().split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({
      notes: [
        { noteId: 'note.n1', author: 'Ada', flag: 'coach', text: 'She waits.', isDeleted: false },
        { text: 'She waits for long.', isDeleted: true },
      ],
    });
    expect(jsonLines).not.toContain('Of another.');
  });

  test('[PRIV11] is nobody’s business but an admin’s, and who asked is in the audit', async () => {
    const { ask, rows, supervisor } = await bench();
    for (const [path, body] of [
      ['find', { person: ELENA }],
      ['export', { person: ELENA }],
      ['erase', { person: ELENA, calls: 2, reason: 'x' }],
    ] as const)
      expect((await ask(`/api/privacy/${path}`, body, supervisor)).error?.code).toBe('access.denied');
    expect(rows.map(({ userId, action, outcome }) => `${userId} ${action} ${outcome}`)).toEqual(
      Array.from({ length: 3 }, () => 'user-tanaka privacy.manage denied'),
    );
  });

  test('[PRIV12] is erased with all calls and recordings, and the audit says which and not whom', async () => {
    const { ask, rows, store, recordings, add } = await bench();
    await add([
      eventOf('c2', 9, {
        type: 'ticket.created',
        requestId: 'r',
        ticketId: 'ZD-7',
        provider: 'zendesk-mcp',
        attempts: 1,
        tookMs: 1,
      }),
    ]);
    const erase = (calls: number, reason = 'asked by letter') =>
      ask('/api/privacy/erase', { person: ELENA, calls, reason });
    expect((await erase(1)).error?.code).toBe('input.invalid');
    expect((await erase(2, ' ')).error?.code).toBe('input.invalid');
    expect(await erase(2)).toEqual({
      erased: 2,
      ticketsElsewhere: [{ provider: 'zendesk-mcp', ticketId: 'ZD-7' }],
    });
    expect(existsSync(join(recordings, 'c1.ogg'))).toBe(false);
    expect((await ask('/api/calls/c1/recording')).error?.code).toBe('recording.expired');
    expect(await ask('/api/privacy/find', { person: ELENA })).toEqual({ calls: [] });
    expect(JSON.stringify([await ask('/api/calls'), await ask('/api/calls/c1/events'), rows])).not.toMatch(
      /elena|5550 142|where is it/iu,
    );
    expect((await store.conversation(orgId, 'c3' as CallId))?.displayName).toBe('Somebody else');
    expect(rows.filter(({ action }) => action === 'privacy.erase')).toMatchObject([
      { outcome: 'erased', payload: { callIds: ['c1', 'c2'], reason: 'asked by letter' } },
    ]);
  });

  test('[PRIV12] one held call keeps all of them; one that is open too', async () => {
    const { ask, rows, add, store } = await bench();
    await ask('/api/calls/c2/recording/legal-hold', { held: true, reason: 'A claim is open' });
    expect((await ask('/api/privacy/erase', { person: ELENA, calls: 2, reason: 'x' })).error?.code).toBe(
      'erasure.held',
    );
    expect((await store.conversation(orgId, 'c1' as CallId))?.displayName).toBe('Elena Fischer');
    expect(rows.at(-1)).toMatchObject({
      action: 'privacy.erase',
      outcome: 'held',
      payload: { callIds: ['c2'] },
    });
    await ask('/api/calls/c2/recording/legal-hold', { held: false, reason: 'It is settled' });
    await add([eventOf('c4', 0, RINGING)]);
    expect((await ask('/api/privacy/erase', { person: ELENA, calls: 3, reason: 'x' })).error?.code).toBe(
      'erasure.busy',
    );
    expect((await store.conversation(orgId, 'c1' as CallId))?.displayName).toBe('Elena Fischer');
  });

  test('[PRIV8] a call without a recording can be held, and one that is not there cannot', async () => {
    const { ask, store } = await bench();
    const hold = (callId: string, held: boolean) =>
      ask(`/api/calls/${callId}/recording/legal-hold`, { held, reason: 'why' });
    expect(await hold('c2', true)).toEqual({ held: true });
    expect(await store.callKeeping(orgId, 'c2' as CallId)).toMatchObject({ legalHold: true });
    expect(await hold('c2', false)).toEqual({ held: false });
    expect((await hold('none', true)).error?.code).toBe('call.unknown');
  });
});
