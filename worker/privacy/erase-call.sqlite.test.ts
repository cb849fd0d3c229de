import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { DAY_MS, retentionOf } from '#shared/domain/retention.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { noteOf, readNote, writeNote } from '#worker/media/recorder/recording-note.ts';
import { openSqliteSpool, openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import type { Store } from '#worker/store/store.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { saved, writer } from '#tests/fixtures/knowledge-revisions.ts';
import { recordingOrder } from '#tests/fixtures/recording-order.ts';
import { eventOf, ORG, RINGING, storedCall } from '#tests/fixtures/stored-call.ts';
import { eraseCall } from './erase-call.ts';
import { OrgRetention } from './org-retention.ts';
import { eraseDueWords, startWordRetention } from './word-retention.ts';

const MARK = 'Marguerite-Zwetschgenbaum';
const CALL = 'c1' as CallId;

/** A long call of one person among those of others, with much that was written over and over. */
function markedCall(callId: string): readonly CallEvent[] {
  const said = (seq: number): CallEvent =>
    eventOf(callId, seq, {
      type: 'transcript.final',
      speaker: 'caller',
      text: `${MARK} said sentence ${String(seq)} ${'and went on '.repeat(seq % 40)}`,
      startedAtMs: 1 as EpochMs,
      endedAtMs: 2 as EpochMs,
      redactionCount: 0,
    });
  return [
    eventOf(callId, 0, { ...RINGING, displayName: MARK, from: `+49 ${MARK}` }),
    ...Array.from({ length: 120 }, (_, at) => said(at + 1)),
    eventOf(callId, 121, {
      type: 'ticket.requested',
      requestId: `${callId}-r`,
      operation: { kind: 'note', ticketRef: 'tk', note: MARK },
    }),
    eventOf(callId, 122, { type: 'call.ended', reason: 'caller-hung-up', durationMs: 5 }),
  ];
}

const DRAFT = {
  subject: MARK,
  description: MARK,
  requester: { name: MARK, phone: MARK, email: MARK },
  priority: 'normal' as const,
  tags: [MARK],
  metadata: { who: MARK },
};

async function fill(store: Store): Promise<void> {
  let position = 0;
  for (const events of [storedCall('a'), markedCall('c1'), storedCall('b')])
    for (const event of events) await store.append([{ position: position++, event }]);
  const done = { state: 'done', attempts: 1, nextAttemptAtMs: 0, ticketId: 'tk', errorCode: null } as const;
  const ticket = { ticketId: 'tk', requestId: 'c1-r', externalRef: null, provider: 'local', draft: DRAFT };
  await store.saveTicket(ORG, { ...ticket, conversationId: CALL, atMs: 1 as EpochMs });
  // Rows that change leave their old text in the file unless somebody overwrites it.
  for (let turn = 0; turn < 20; turn += 1) {
    await store.updateTicket(ORG, 'tk', { subject: `${MARK} ${'x'.repeat(turn * 30)}` }, turn as EpochMs);
    await store.addTicketNote(ORG, 'tk', { noteId: `n${String(turn)}`, text: MARK, atMs: 1 as EpochMs });
  }
  await store.saveTicketRequest('c1-r', done, 2 as EpochMs);
  // A note that was changed often, with two people's texts in conflict: every revision is there until it is erased.
  const note = (id: string, parent: string | null, text: string) =>
    saved(id, parent, [text], { docId: 'note.n1', fields: { callId: CALL, flag: 'coach' } });
  for (let at = 0; at < 20; at += 1)
    await store.saveRevision(
      ORG,
      note(`r${String(at)}`, at === 0 ? null : `r${String(at - 1)}`, `${MARK} ${'y'.repeat(at * 40)}`),
      writer('Ada'),
    );
  await store.saveRevision(ORG, note('clash', 'r3', `Not ${MARK}`), writer('Ben'));
}

/** Files of a folder that hold the mark. */
const marked = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    name => statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes(MARK),
  );

async function bench(kind: 'store' | 'spool') {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-erase-'));
  const recordings = join(folder, 'recordings');
  mkdirSync(recordings);
  const file = join(folder, `${kind}.sqlite`);
  const store: Store = await (kind === 'store' ? openSqliteStore({ file }) : openSqliteSpool({ file }));
  const refusedFile = join(folder, 'refused.jsonl');
  const clock = createVirtualClock();
  return { folder, recordings, store, refusedFile, clock, deps: { store, clock, recordings, refusedFile } };
}

describe('an erasure', () => {
  test.each(['store', 'spool'] as const)(
    '[PRIV5][NOT11] leaves nothing in any file of a %s: database, write-ahead log, queue, refused records, recordings',
    async kind => {
      const { folder, recordings, store, refusedFile, deps } = await bench(kind);
      await fill(store);
      writeNote(recordings, noteOf(recordingOrder('c1', {})));
      for (const end of ['ogg', 'peaks']) writeFileSync(join(recordings, `c1.${end}`), MARK);
      const line = (callId: string, text: string): string =>
        JSON.stringify({ event: { conversationId: callId, text } });
      writeFileSync(refusedFile, `${line('b', 'other')}\n${line('c1', MARK)}\n`);
      expect(marked(folder).length).toBeGreaterThanOrEqual(4);
      expect(await eraseCall(deps, ORG, CALL, 'person')).toBe('erased');
      await store.settleErasures();
      expect(marked(folder)).toEqual([]);
      expect(readFileSync(refusedFile, 'utf8').trim()).toBe(line('b', 'other'));
      expect(readNote(recordings, CALL)).toMatchObject({ erased: true });
      expect(await store.turns('a' as CallId)).toHaveLength(2);
      expect(await store.callEvents(CALL, -1)).toHaveLength(123);
      await store.close();
      expect(marked(folder)).toEqual([]);
    },
  );

  test('[PRIV8] does not touch a call whose recording was held before calls could be', async () => {
    const { recordings, store, deps, folder } = await bench('store');
    await fill(store);
    writeNote(recordings, { ...noteOf(recordingOrder('c1', {})), legalHold: true });
    expect(await eraseCall(deps, ORG, CALL, 'person')).toBe('held');
    expect(marked(folder)).not.toEqual([]);
    await store.close();
  });
});

describe('the words of calls', () => {
  const ended = storedCall('c1').at(-1)?.atMs ?? 0;

  test('[PRIV7] go when their days are over, when the worker starts and every hour, with a row for each call', async () => {
    const { store, deps, clock, recordings } = await bench('store');
    await store.append(storedCall('c1').map((event, position) => ({ position, event })));
    const rows: string[] = [];
    const job = {
      ...deps,
      orgId: ORG,
      retention: new OrgRetention(store, 'standard'),
      record: (callId: CallId, profile: string) => Promise.resolve(void rows.push(`${callId} ${profile}`)),
      onError: (error: unknown) => {
        throw error;
      },
    };
    writeNote(recordings, noteOf(recordingOrder('c1', { retention: retentionOf('standard') })));
    writeFileSync(join(recordings, 'c1.ogg'), 'OggS');
    clock.advance(ended + 180 * DAY_MS - clock.now());
    expect(await eraseDueWords(job)).toEqual([]);
    clock.advance(1);
    expect(await eraseDueWords(job)).toEqual(['c1']);
    expect(rows).toEqual(['c1 standard']);
    expect((await store.turns(CALL)).every(({ text }) => !/[a-z]/iu.test(text))).toBe(true);
    expect(await store.conversation(ORG, CALL)).toMatchObject({ displayName: 'Elena Fischer' });
    // The audio has days of its own.
    expect(existsSync(join(recordings, 'c1.ogg'))).toBe(true);
    expect(await eraseDueWords(job)).toEqual([]);
    let runs = 0;
    const stop = startWordRetention({
      ...job,
      store: { ...store, callsToErase: () => Promise.resolve(((runs += 1), [])) },
    });
    const settled = async (count: number): Promise<void> => {
      for (let turn = 0; runs < count && turn < 500; turn += 1)
        await new Promise(resolve => setImmediate(resolve));
    };
    await settled(1);
    expect(runs).toBe(1);
    for (let turn = 0; runs < 2 && turn < 50; turn += 1) {
      clock.advance(3_600_000);
      await settled(2);
    }
    expect(runs).toBe(2);
    stop();
    await store.close();
  });

  test('[PRIV9] a new choice counts for the calls there are; one that is held stays', async () => {
    const { store, deps, clock } = await bench('store');
    for (const [at, callId] of ['c1', 'c2'].entries())
      await store.append(storedCall(callId).map((event, seq) => ({ position: at * 20 + seq, event })));
    await store.holdCall(ORG, 'c2' as CallId, true);
    clock.advance(ended + 1 - clock.now());
    const retention = new OrgRetention(store, 'standard');
    const job = { ...deps, orgId: ORG, retention, record: () => Promise.resolve(), onError: () => undefined };
    expect(await eraseDueWords(job)).toEqual([]);
    expect(retention.of(ORG)).toEqual({ profile: 'standard', isChosen: false });
    await retention.choose(ORG, 'summaries-only', 1);
    expect(retention.of(ORG)).toEqual({ profile: 'summaries-only', isChosen: true });
    expect(await new OrgRetention(store, 'standard').read(ORG)).toBe('summaries-only');
    expect(await eraseDueWords(job)).toEqual(['c1']);
    expect((await store.turns('c2' as CallId)).map(({ text }) => text).sort()).toEqual([
      'It is here.',
      'Where is it?',
    ]);
    await store.close();
  });

  test('[PRIV7] a call that cannot be erased yet does not keep the others waiting', async () => {
    const { store, deps, clock } = await bench('store');
    for (let call = 0; call < 25; call += 1)
      await store.append(
        storedCall(`c${String(call)}`).map((event, seq) => ({ position: call * 20 + seq, event })),
      );
    clock.advance(ended + 181 * DAY_MS - clock.now());
    const erased = await eraseDueWords({
      ...deps,
      store: {
        ...store,
        eraseCall: (orgId: OrgId, callId, ...rest) =>
          callId === 'c3' ? Promise.resolve('busy' as const) : store.eraseCall(orgId, callId, ...rest),
      },
      orgId: ORG,
      retention: new OrgRetention(store, 'standard'),
      record: () => Promise.resolve(),
      onError: () => undefined,
    });
    expect(erased).toHaveLength(24);
    expect(erased).not.toContain('c3');
    await store.close();
  });
});
