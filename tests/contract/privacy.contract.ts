import { expect } from 'vitest';
import type { CallId, OrgId, TurnId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { ERASED_NAME, eraseEvent, erasedText } from '#shared/events/erase-event.ts';
import { callQuerySchema } from '#shared/domain/call-list.ts';
import { consultationQuerySchema } from '#shared/domain/consultation.ts';
import type { Store } from '#worker/store/store.ts';
import { eventOf, ORG, RINGING, storedCall } from '#tests/fixtures/stored-call.ts';
import { ERASED_NOTE_CASES, NOTE_PRIVACY_CASES } from './note-privacy.contract.ts';

const OTHER = 'org-2' as OrgId;
const CALL = 'c1' as CallId;
const at = (ms: number): EpochMs => ms as EpochMs;
const entries = (callId: string, from = 0) =>
  storedCall(callId).map((event, index) => ({ position: from + index, event }));
const ENDED_AT_MS = 1_800_000_000_008;

const draft = {
  subject: 'Elena waits',
  description: 'Elena Fischer asked where it is.',
  requester: { name: 'Elena Fischer', phone: '+49 30 5550 142', email: 'elena@example.test' },
  priority: 'normal' as const,
  tags: ['elena'],
  metadata: { who: 'elena' },
};

async function withTicket(store: Store): Promise<void> {
  await store.append(entries('c1'));
  await store.append([
    {
      position: 20,
      event: eventOf('c1', 9, {
        type: 'ticket.requested',
        requestId: 'r1',
        operation: { kind: 'create', draft },
      }),
    },
  ]);
  const ticket = { ticketId: 'tk', requestId: 'r1', externalRef: null, provider: 'local', draft };
  await store.saveTicket(ORG, { ...ticket, conversationId: CALL, atMs: at(5) });
  await store.addTicketNote(ORG, 'tk', { noteId: 'n', text: 'Elena called again', atMs: at(6) });
  await store.recordToolCall({
    id: 'tool-2',
    orgId: ORG,
    conversationId: CALL,
    turnId: null as TurnId | null,
    tool: 'create_ticket',
    requestHash: 'h1',
    responseHash: 'h2',
    status: 'ok',
    latencyMs: 1,
    atMs: 7,
    redactedRequest: '{"who":"elena"}',
    redactedResponse: '{"who":"elena"}',
  });
  await store.saveTicketRequest(
    'r1',
    { state: 'done', attempts: 1, nextAttemptAtMs: 0, ticketId: 'tk', errorCode: null },
    at(8),
  );
}

/** All that a store shows of a call, as one text. */
async function shown(store: Store): Promise<string> {
  return JSON.stringify([
    await store.callEvents(CALL, -1),
    await store.entries(-1, 100),
    await store.turns(CALL),
    await store.policyRows(CALL),
    await store.toolCalls(CALL),
    await store.ticketRequests(ORG, CALL),
    await store.ticketsOfCall(ORG, CALL),
    await store.conversation(ORG, CALL),
    await store.tickets(ORG, { text: '', limit: 10 }),
  ]);
}

/** Every rule of a privacy book, as data, so that a saboteur can be run against each of them too. */
export const PRIVACY_CASES: readonly { readonly title: string; run(store: Store): Promise<void> }[] = [
  ...NOTE_PRIVACY_CASES,
  ...ERASED_NOTE_CASES,
  {
    title: '[PRIV4] of a person nothing is left in any row, and every row is still there',
    run: async store => {
      await withTicket(store);
      const before = await store.callEvents(CALL, -1);
      expect(await shown(store)).toMatch(/elena/iu);
      expect(await store.eraseCall(ORG, CALL, 'person', at(99))).toBe('erased');
      expect(await shown(store)).not.toMatch(/elena|fischer|5550|where is it|it is here/iu);
      const after = await store.callEvents(CALL, -1);
      expect(after).toEqual(
        before.map(event => JSON.parse(JSON.stringify(eraseEvent(event, 'person'))) as CallEvent),
      );
      expect((await store.turns(CALL)).map(turn => turn.text).sort()).toEqual(
        [erasedText('It is here.'), erasedText('Where is it?')].sort(),
      );
      expect(await store.toolCalls(CALL)).toHaveLength(2);
      expect(await store.policyRows(CALL)).toMatchObject([{ policy: 'no-guarantee', reason: 'ok' }]);
      expect(await store.ticketsOfCall(ORG, CALL)).toMatchObject([
        {
          ticketId: 'tk',
          subject: ERASED_NAME,
          requester: { name: ERASED_NAME, phone: null },
          notes: [ERASED_NAME],
        },
      ]);
      expect(await store.callKeeping(ORG, CALL)).toEqual({
        legalHold: false,
        erased: 'person',
        isOpen: false,
      });
      expect(await store.conversations(ORG, callQuerySchema.parse({ query: 'elena' }))).toEqual([]);
      expect(await store.personErasures(ORG)).toEqual([CALL]);
      expect(await store.personErasures(OTHER)).toEqual([]);
      expect(await store.callerTraces(ORG)).toEqual([
        { callId: CALL, names: [ERASED_NAME, ERASED_NAME], phones: [], emails: [] },
      ]);
    },
  },
  {
    title: '[PRIV4] of words the caller stays known, and what was said does not; again changes nothing',
    run: async store => {
      await withTicket(store);
      expect(await store.eraseCall(ORG, CALL, 'words', at(99))).toBe('erased');
      expect(await store.eraseCall(ORG, CALL, 'words', at(100))).toBe('erased');
      expect(await shown(store)).not.toMatch(/where is it|it is here/iu);
      expect(await store.conversation(ORG, CALL)).toMatchObject({ displayName: 'Elena Fischer' });
      expect(await store.ticketsOfCall(ORG, CALL)).toMatchObject([{ requester: draft.requester }]);
      expect(await store.eraseCall(ORG, CALL, 'person', at(101))).toBe('erased');
      expect(await shown(store)).not.toMatch(/elena/iu);
    },
  },
  {
    title: '[PRIV4] a consultation and what the LiveKit server told of its room are erased with the call',
    run: async store => {
      const room = 'room-of-elena';
      await store.append([
        { position: 0, event: eventOf('c1', 0, { ...RINGING, room }) },
        {
          position: 1,
          event: eventOf('c1', 1, { type: 'call.ended', reason: 'caller-hung-up', durationMs: 1 }),
        },
      ]);
      await store.addConsultation({ id: CALL, orgId: ORG, roomName: room, type: 'support', atMs: at(1) });
      await store.recordRoomEvent({
        id: 'e1',
        name: 'participant_joined',
        roomName: room,
        createdAtMs: 1,
        receivedAtMs: 1,
        roomCreatedAtMs: null,
        recordingUrl: null,
        payloadJson: '{"identity":"elena"}',
      });
      await store.eraseCall(ORG, CALL, 'person', at(9));
      expect(await store.roomEvents(room)).toEqual([]);
      expect(JSON.stringify(await store.consultations(ORG, consultationQuerySchema.parse({})))).not.toContain(
        'elena',
      );
    },
  },
  {
    title: '[PRIV4] an open call, one whose ticket is on its way, and one of another org are not erased',
    run: async store => {
      await store.append(entries('c1').slice(0, 5));
      expect(await store.eraseCall(ORG, CALL, 'person', at(9))).toBe('busy');
      expect(await store.eraseCall(OTHER, CALL, 'person', at(9))).toBe('unknown');
      expect(await store.eraseCall(ORG, 'none' as CallId, 'person', at(9))).toBe('unknown');
      await store.append(entries('c1').slice(5));
      await store.append([
        {
          position: 20,
          event: eventOf('c1', 9, {
            type: 'ticket.requested',
            requestId: 'r1',
            operation: { kind: 'create', draft },
          }),
        },
      ]);
      expect(await store.eraseCall(ORG, CALL, 'person', at(9))).toBe('busy');
      expect(await shown(store)).toContain('Elena');
      expect(await store.callKeeping(OTHER, CALL)).toBeNull();
      expect(await store.ticketsOfCall(OTHER, CALL)).toEqual([]);
      expect(await store.callerTraces(OTHER)).toEqual([]);
    },
  },
  {
    title: '[PRIV8] a held call is neither due nor erased until the hold is lifted',
    run: async store => {
      await store.append(entries('c1'));
      expect(await store.holdCall(OTHER, CALL, true)).toBe(false);
      expect(await store.holdCall(ORG, CALL, true)).toBe(true);
      expect(await store.callsToErase(ORG, at(ENDED_AT_MS + 1), 10)).toEqual([]);
      expect(await store.eraseCall(ORG, CALL, 'person', at(9))).toBe('held');
      expect(await shown(store)).toContain('Where is it?');
      expect(await store.holdCall(ORG, CALL, false)).toBe(true);
      expect(await store.eraseCall(ORG, CALL, 'person', at(9))).toBe('erased');
    },
  },
  {
    title: '[PRIV7] due are the calls of the org that ended before, oldest first, until they are erased',
    run: async store => {
      await store.append(entries('c1'));
      await store.append(
        entries('c2', 20).map(entry => ({
          ...entry,
          event: { ...entry.event, atMs: at(entry.event.atMs - 1000) },
        })),
      );
      await store.append(entries('c3', 40).slice(0, 5));
      const due = (beforeMs: number, limit = 10): Promise<readonly string[]> =>
        store.callsToErase(ORG, at(beforeMs), limit);
      expect(await due(ENDED_AT_MS)).toEqual(['c2']);
      expect(await due(ENDED_AT_MS + 1)).toEqual(['c2', 'c1']);
      expect(await due(ENDED_AT_MS + 1, 1)).toEqual(['c2']);
      expect(await store.callsToErase(OTHER, at(ENDED_AT_MS + 1), 10)).toEqual([]);
      await store.eraseCall(ORG, 'c2' as CallId, 'words', at(9));
      expect(await due(ENDED_AT_MS + 1)).toEqual(['c1']);
    },
  },
  {
    title: '[PRIV6] an org chooses its profile; without a choice it has none',
    run: async store => {
      await store.addOrg({ id: ORG, name: 'One', createdAtMs: 1 });
      await store.addOrg({ id: OTHER, name: 'Two', createdAtMs: 1 });
      expect(await store.retentionProfile(ORG)).toBeNull();
      expect(await store.setRetentionProfile(ORG, 'seven-years')).toBe(true);
      expect(await store.retentionProfile(ORG)).toBe('seven-years');
      expect(await store.retentionProfile(OTHER)).toBeNull();
      expect(await store.setRetentionProfile('none' as OrgId, 'short')).toBe(false);
    },
  },
  {
    title: '[PRIV10] callers are known by the line, the call and its tickets',
    run: async store => {
      await withTicket(store);
      expect(await store.callerTraces(ORG)).toEqual([
        {
          callId: CALL,
          names: ['Elena Fischer', 'Elena Fischer'],
          phones: ['+49 30 5550 142', '+49 30 5550 142'],
          emails: ['elena@example.test'],
        },
      ]);
      expect(await store.ticketsOfCall(ORG, CALL)).toEqual([
        {
          ticketId: 'tk',
          callId: CALL,
          provider: 'local',
          externalRef: null,
          status: 'new',
          subject: draft.subject,
          description: draft.description,
          requester: draft.requester,
          notes: ['Elena called again'],
          createdAtMs: 5,
        },
      ]);
    },
  },
];
