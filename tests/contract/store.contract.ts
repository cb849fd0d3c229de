import { expect } from 'vitest';
import { ARCHIVE_CONTRACT } from './archive.contract.ts';
import type { RoomEventRow } from '#shared/adapters/consultation-book.ts';
import { consultationQuerySchema } from '#shared/domain/consultation.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { figuresOf } from '#shared/projections/fold-figures.ts';
import { callQuerySchema } from '#shared/domain/call-list.ts';
import { ACCOUNT_CASES } from './accounts.contract.ts';
import { PRIVACY_CASES } from './privacy.contract.ts';
import type { StoreCase } from './store-case.ts';
import { eventOf, ORG, RECORDED, RINGING, storedCall, TAKEN, VETOED } from '#tests/fixtures/stored-call.ts';

const entriesOf = (callId: string, from = 0) =>
  storedCall(callId).map((event, index) => ({ position: from + index, event }));
const ann = 'ann' as UserId;
const bob = 'bob' as UserId;
const LATER_MS = 1_800_000_090_000 as EpochMs;
const at = (ms: number): EpochMs => ms as EpochMs;

/** Every rule of a store, as data, so that a saboteur can be run against each of them too. */
export const STORE_CONTRACT: readonly StoreCase[] = [
  {
    title: '[AUD2] what was appended is read back in order, and appending it again changes nothing',
    run: async store => {
      await store.append(entriesOf('c1'));
      await store.append(entriesOf('c1'));
      await store.append(entriesOf('c2', 9));
      expect((await store.entries(-1, 100)).map(entry => entry.position)).toEqual(
        Array.from({ length: 18 }, (_, index) => index),
      );
      expect(await store.callEvents('c1' as CallId, 6)).toEqual(storedCall('c1').slice(7));
      expect(await store.head()).toBe(17);
    },
  },
  {
    title: '[AUD2] a group is written whole or not at all',
    run: async store => {
      await store.append(entriesOf('c1').slice(0, 2));
      const clash = { position: 0, event: eventOf('c9', 0, RINGING) };
      await expect(
        store.append([{ position: 50, event: eventOf('c8', 0, RINGING) }, clash]),
      ).rejects.toBeDefined();
      expect(await store.head()).toBe(1);
      expect(await store.callEvents('c8' as CallId, -1)).toEqual([]);
    },
  },
  {
    title: '[AUD3] conversation, turns, verdicts and tool calls follow from the events',
    run: async store => {
      await store.append(entriesOf('c1'));
      expect(await store.conversation(ORG, 'c1' as CallId)).toMatchObject({
        displayName: 'Elena Fischer',
        status: 'ended',
        endReason: 'caller-hung-up',
      });
      expect((await store.turns('c1' as CallId)).map(turn => [turn.speaker, turn.text]).sort()).toEqual([
        ['ai', 'It is here.'],
        ['caller', 'Where is it?'],
      ]);
      expect(await store.policyRows('c1' as CallId)).toMatchObject([
        { id: 'c1-v1', policy: 'no-guarantee', decision: 'allow', documentVersion: 'demo@1' },
      ]);
      expect(await store.conversation('other-org' as never, 'c1' as CallId)).toBeNull();
    },
  },
  {
    title: '[HIS1] the list tells of each call what came of it, newest first and page by page',
    run: async store => {
      await store.append(entriesOf('c1'));
      await store.append([
        { position: 20, event: { ...eventOf('c2', 0, RINGING), atMs: LATER_MS } },
        { position: 21, event: { ...eventOf('c2', 1, VETOED), atMs: at(LATER_MS + 1) } },
        { position: 22, event: { ...eventOf('c2', 2, TAKEN), atMs: at(LATER_MS + 2) } },
        { position: 23, event: { ...eventOf('c2', 3, RECORDED), atMs: at(LATER_MS + 3) } },
      ]);
      const all = await store.conversations(ORG, callQuerySchema.parse({}));
      expect(all.map(call => call.id)).toEqual(['c2', 'c1']);
      expect(all[0]).toMatchObject({ vetoCount: 1, takenOver: true, recorded: true, endedAtMs: null });
      expect(all[1]).toMatchObject({ vetoCount: 0, takenOver: false, recorded: false });
      const older = await store.conversations(ORG, callQuerySchema.parse({ beforeMs: LATER_MS, limit: 1 }));
      expect(older.map(call => call.id)).toEqual(['c1']);
      expect(await store.conversations('other-org' as never, callQuerySchema.parse({}))).toEqual([]);
    },
  },
  {
    title:
      '[HIS2] search looks at names, lines and words, filters at what happened, and no letter has a meaning',
    run: async store => {
      await store.append(entriesOf('c1'));
      await store.append([
        { position: 20, event: eventOf('c2', 0, { ...RINGING, displayName: '100%_Jonas' }) },
        { position: 21, event: eventOf('c2', 1, VETOED) },
      ]);
      const found = async (query: string, filter = 'all'): Promise<string[]> =>
        (await store.conversations(ORG, callQuerySchema.parse({ query, filter })))
          .map(call => call.id)
          .sort();
      expect(await found('elena')).toEqual(['c1']);
      expect(await found('where IS')).toEqual(['c1']);
      expect(await found('%')).toEqual(['c2']);
      expect(await found('0%_J')).toEqual(['c2']);
      expect(await found("'; DROP TABLE conversations; --")).toEqual([]);
      expect(await found('', 'stopped')).toEqual(['c2']);
      expect(await found('elena', 'stopped')).toEqual([]);
    },
  },
  {
    title: '[MET7] the figures of ended calls are kept with their end, by org and window',
    run: async store => {
      await store.append([...entriesOf('c1'), ...entriesOf('c2', 9).slice(0, 4)]);
      const endedAtMs = 1_800_000_000_008;
      const window = { fromMs: endedAtMs, toMs: endedAtMs + 1 };
      expect(await store.figures(ORG, window)).toEqual([{ endedAtMs, figures: figuresOf(storedCall('c1')) }]);
      expect(await store.figures(ORG, { fromMs: endedAtMs + 1, toMs: endedAtMs + 2 })).toEqual([]);
      expect(await store.figures(ORG, { fromMs: 0, toMs: endedAtMs })).toEqual([]);
      expect(await store.figures('other-org' as never, window)).toEqual([]);
    },
  },
  {
    title: '[AUD10] open calls are those that have begun and not ended, with their last sequence',
    run: async store => {
      await store.append([...entriesOf('c1'), ...entriesOf('c2', 9).slice(0, 4)]);
      expect(await store.openCalls()).toMatchObject([{ callId: 'c2', orgId: ORG, lastSeq: 3 }]);
    },
  },
  {
    title: '[SUP11] a lease has one holder until it expires or is released, and an old one cannot be renewed',
    run: async store => {
      const call = 'c1' as CallId;
      const first = await store.acquireLease(call, ann, at(0), at(2000));
      expect(first).toMatchObject({ holder: ann, generation: 1 });
      expect(await store.acquireLease(call, bob, at(1000), at(3000))).toEqual({ holder: ann });
      const second = await store.acquireLease(call, bob, at(2000), at(4000));
      expect(second).toMatchObject({ holder: bob, generation: 2 });
      if (!('generation' in first) || !('generation' in second)) throw new Error('both were given');
      expect(await store.renewLease(first, at(2500), at(4500))).toBeNull();
      expect(await store.renewLease(second, at(2500), at(4500))).toMatchObject({ expiresAtMs: 4500 });
      await store.releaseLease(second);
      expect(await store.acquireLease(call, ann, at(2600), at(5000))).toMatchObject({ holder: ann });
    },
  },
  {
    title: '[API12] the first answer of a command stays the answer',
    run: async store => {
      expect(await store.commandAnswer(ann, 'c')).toBeNull();
      await store.saveCommandAnswer(ann, 'c', '"first"', at(1));
      await store.saveCommandAnswer(ann, 'c', '"second"', at(2));
      expect(await store.commandAnswer(ann, 'c')).toBe('"first"');
      expect(await store.commandAnswer(bob, 'c')).toBeNull();
    },
  },
  {
    title: '[TOOL25] the audit of tool calls is complete and read in order, whoever wrote it',
    run: async store => {
      await store.append(entriesOf('c1'));
      const fromLog = await store.toolCalls('c1' as CallId);
      const row = {
        id: 'late-1',
        orgId: ORG,
        conversationId: 'c1' as CallId,
        turnId: null,
        tool: 'ticketing.create',
        requestHash: 'r'.repeat(64),
        responseHash: 's'.repeat(64),
        status: 'timeout',
        latencyMs: 15_000.5,
        atMs: LATER_MS,
        redactedRequest: '{"a":1}',
        redactedResponse: '{}',
      };
      await store.recordToolCall(row);
      await store.recordToolCall({ ...row, status: 'ok' });
      expect(await store.toolCalls('c1' as CallId)).toEqual([...fromLog, row]);
      expect(await store.toolCalls('c2' as CallId)).toEqual([]);
    },
  },
  {
    title: '[TIC5] tickets and requests of one org are not those of another',
    run: async store => {
      const other = 'other-org' as never;
      const draft = {
        subject: 'Lamp',
        description: '100% broken',
        requester: { name: 'Elena', phone: '+49 30 5550 142', email: null },
        priority: 'high' as const,
        tags: ['a'],
        metadata: {},
      };
      const ticket = {
        requestId: 'r1',
        externalRef: 'X1',
        provider: 'p',
        draft,
        conversationId: null,
        atMs: at(5),
      };
      expect(await store.saveTicket(ORG, { ...ticket, ticketId: 't1' })).toBe('t1');
      expect(await store.saveTicket(ORG, { ...ticket, ticketId: 't2' })).toBe('t1');
      expect(await store.saveTicket(other, { ...ticket, ticketId: 't3' })).toBe('t3');
      for (const ref of ['t1', 'r1', 'X1'])
        expect(await store.ticket(ORG, ref)).toMatchObject({
          ticketId: 't1',
          status: 'new',
          priority: 'high',
        });
      expect(await store.ticket(other, 't1')).toBeNull();
      expect(await store.updateTicket(other, 't1', { status: 'closed' }, at(6))).toBe(false);
      expect(await store.updateTicket(ORG, 't1', { status: 'open' }, at(6))).toBe(true);
      expect(await store.addTicketNote(other, 't1', { noteId: 'n', text: 'x', atMs: at(7) })).toBe(false);
      expect(await store.addTicketNote(ORG, 't1', { noteId: 'n', text: 'x', atMs: at(7) })).toBe(true);
      expect(await store.addTicketNote(ORG, 't1', { noteId: 'n', text: 'x', atMs: at(8) })).toBe(true);
      expect(await store.ticketNotes(ORG, 't1')).toEqual(['x']);
      const found = async (text: string, phone?: string) =>
        (await store.tickets(ORG, { text, limit: 9, ...(phone === undefined ? {} : { phone }) })).map(
          row => row.ticketId,
        );
      expect(await found('lamp')).toEqual(['t1']);
      expect(await found('100%')).toEqual(['t1']);
      expect(await found('100_')).toEqual([]);
      expect(await found('', '+49 30 5550 142')).toEqual(['t1']);
      expect(await found('', '+49 30 5550 143')).toEqual([]);
      expect((await store.ticket(other, 't3'))?.status).toBe('new');
    },
  },
  {
    title: '[HOOK4] a consultation follows from the events of its room, in whatever order they come',
    run: async store => {
      const told = [
        roomEvent('room_started', 1_000, { roomCreatedAtMs: 1_000 }),
        roomEvent('participant_joined', 3_000),
        roomEvent('room_finished', 66_000),
        roomEvent('egress_ended', 67_000, { recordingUrl: 'https://files.example/a.ogg' }),
        roomEvent('something_new', 68_000),
      ];
      for (const [index, order] of [told, told.toReversed()].entries()) {
        const roomName = `room-${String(index)}`;
        const add = () =>
          store.addConsultation({
            id: `call-${String(index)}` as CallId,
            orgId: ORG,
            roomName,
            type: 'claims',
            atMs: at(500),
          });
        if (index === 0) await add();
        for (const event of order) {
          const row = { ...event, id: `${event.id}-${String(index)}`, roomName };
          expect(await store.recordRoomEvent(row)).toBe(true);
          expect(await store.recordRoomEvent({ ...row, createdAtMs: 9, recordingUrl: 'x' })).toBe(false);
        }
        if (index === 1) await add();
        expect((await store.roomEvents(roomName)).map(event => event.name)).toEqual(
          told.map(event => event.name),
        );
      }
      const rows = await store.consultations(ORG, consultationQuerySchema.parse({}));
      expect(rows.map(row => row.id)).toEqual(['call-1', 'call-0']);
      for (const row of rows)
        expect(row).toMatchObject({
          type: 'claims',
          startedAtMs: 1_000,
          endedAtMs: 66_000,
          durationSeconds: 65,
          recordingUrl: 'https://files.example/a.ogg',
          aiHandled: true,
          escalatedToHuman: false,
          customerRating: null,
        });
    },
  },
  {
    title:
      '[HOOK6] a consultation is listed for its org until it is archived, and escalated once a person took it',
    run: async store => {
      const added = { orgId: ORG, type: 'quote' as const };
      await store.addConsultation({ ...added, id: 'c1' as CallId, roomName: 'r1', atMs: at(1) });
      await store.addConsultation({ ...added, id: 'c2' as CallId, roomName: 'r2', atMs: at(2) });
      await store.append([
        { position: 0, event: eventOf('c2', 0, RINGING) },
        { position: 1, event: eventOf('c2', 1, TAKEN) },
      ]);
      const listed = async (query: object = {}) =>
        (await store.consultations(ORG, consultationQuerySchema.parse(query))).map(row => [
          row.id,
          row.escalatedToHuman,
        ]);
      expect(await listed()).toEqual([
        ['c2', true],
        ['c1', false],
      ]);
      expect(await listed({ limit: 1 })).toEqual([['c2', true]]);
      expect(await listed({ beforeMs: 2 })).toEqual([['c1', false]]);
      expect(await store.archiveConsultation('other-org' as never, 'c1' as CallId, true)).toBe(false);
      expect(await store.archiveConsultation(ORG, 'c1' as CallId, true)).toBe(true);
      expect(await listed()).toEqual([['c2', true]]);
      expect(await listed({ archived: 'yes' })).toEqual([['c1', false]]);
      expect(await listed({ archived: 'all' })).toHaveLength(2);
      expect(await store.archiveConsultation(ORG, 'c1' as CallId, false)).toBe(true);
      expect(await listed()).toHaveLength(2);
      expect(await store.consultations('other-org' as never, consultationQuerySchema.parse({}))).toEqual([]);
    },
  },
  ...ACCOUNT_CASES,
  ...PRIVACY_CASES,
  ...ARCHIVE_CONTRACT,
];

function roomEvent(name: string, createdAtMs: number, more: Partial<RoomEventRow> = {}): RoomEventRow {
  return {
    id: name,
    name,
    roomName: '',
    createdAtMs,
    receivedAtMs: createdAtMs,
    roomCreatedAtMs: null,
    recordingUrl: null,
    payloadJson: '{}',
    ...more,
  };
}
