import { randomUUID } from 'node:crypto';
import type { NewConsultation, RoomEventRow } from '#shared/adapters/consultation-book.ts';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { NewTicket, TicketRequest, ToolCallRow } from '#shared/adapters/ticket-book.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { TicketPatch } from '#shared/domain/ticket.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { guarded, type Database } from '#shared/sqlite/open-database.ts';
import type { ErasureOutcome } from '#shared/adapters/privacy-book.ts';
import type { ErasureScope } from '#shared/events/erase-event.ts';
import { eraseWork } from '../erase-work.ts';
import { parseEvent } from '../row-values.ts';
import type { SpooledItem, SpooledMethod, SpoolingStore, SpoolMark } from '../spool.ts';
import type { AccessRow, Store } from '../store.ts';
import type { SPOOL_METHODS } from './store-methods.ts';
import type { Synchronous } from './synchronous.ts';

/** Entries of the log in one piece of work, when a whole record is sent again. */
const PIECE_ENTRIES = 512;

/** What a new log sends again besides the entries: all that the team's store passes by where it has it already. */
const SENT_AGAIN: Readonly<Partial<Record<SpooledMethod, string>>> = {
  recordAccess: `SELECT json_array(json_object('id', id, 'orgId', org_id, 'userId', user_id, 'action', action, 'outcome', outcome, 'atMs', ts, 'payload', json(payload_json))) FROM audit_access ORDER BY ts, id`,
  addConsultation: `SELECT json_array(json_object('id', id, 'orgId', org_id, 'roomName', room_name, 'type', consultation_type, 'atMs', created_at)) FROM video_consultations ORDER BY created_at, id`,
  recordRoomEvent: `SELECT json_array(json_object('id', id, 'name', event_name, 'roomName', room_name, 'createdAtMs', created_at, 'receivedAtMs', received_at, 'roomCreatedAtMs', room_created_at, 'recordingUrl', recording_url, 'payloadJson', payload_json)) FROM livekit_room_events ORDER BY created_at, received_at, id`,
  // A database that was put back from a copy has again what was erased since.
  eraseCall: `SELECT json_array(org_id, id, erased, erased_at) FROM conversations WHERE erased IS NOT NULL ORDER BY erased_at, id`,
  holdCall: `SELECT json_array(org_id, id, json('true')) FROM conversations WHERE legal_hold = 1 ORDER BY id`,
};

/** What besides makes up a record that the team's store has never seen, in the order in which it can be told there. */
const SENT_FIRST: Readonly<Partial<Record<SpooledMethod, string>>> = {
  saveTicket: `SELECT json_array(org_id, json_object('ticketId', id, 'requestId', request_id, 'externalRef', external_ref, 'provider', provider, 'draft', json_object('subject', subject, 'description', description, 'requester', json_object('name', requester_name, 'phone', requester_phone, 'email', requester_email), 'priority', priority, 'tags', json(tags_json), 'metadata', json(metadata_json)), 'conversationId', conversation_id, 'atMs', created_at)) FROM tickets WHERE request_id IS NOT NULL ORDER BY created_at, id`,
  updateTicket: `SELECT json_array(org_id, id, json_object('status', status), updated_at) FROM tickets WHERE status <> 'new' ORDER BY created_at, id`,
  addTicketNote: `SELECT json_array(org_id, ticket_id, json_object('noteId', id, 'text', body, 'atMs', created_at)) FROM ticket_notes ORDER BY created_at, id`,
  saveTicketRequest: `SELECT json_array(id, json_object('state', state, 'attempts', attempts, 'nextAttemptAtMs', next_attempt_at, 'ticketId', ticket_id, 'errorCode', error_code), updated_at) FROM ticket_requests ORDER BY created_at, id`,
};

/** Calls that are forgotten at a time: the thread also writes what is said meanwhile. */
const FORGET_CALLS = 50;
/** Tables with rows of one call that are in the team's store with its events. */
const TABLES_OF_CALLS = ['call_events', 'conversation_turns', 'audit_policy', 'audit_tool_calls'] as const;

interface StoredItem {
  readonly number: number;
  readonly token: string;
  readonly method: SpooledMethod;
  readonly args: string;
}

/** The record of this worker, whose work a spool remembers. */
type SpooledRecord = Synchronous<Pick<Store, SpooledMethod | 'head'>>;

/**
 * Stands in front of the record for what the team's store has to hear of, and remembers it in the transaction of the work itself.
 * It sends a whole record again and forgets what was taken: for that it reads and empties tables of other parts. Throws `storage.*`.
 */
export class SqliteSpool implements Synchronous<
  Pick<SpoolingStore, SpooledMethod | (typeof SPOOL_METHODS)[number]>
> {
  readonly #tables: Database;
  readonly #record: SpooledRecord;

  constructor(tables: Database, record: SpooledRecord) {
    this.#tables = tables;
    this.#record = record;
    tables
      .prepare('INSERT INTO spool_state (id, log_id) VALUES (1, ?) ON CONFLICT DO NOTHING')
      .run(randomUUID());
  }

  append(entries: readonly JournalEntry[]): void {
    const [first, last] = [entries[0], entries.at(-1)];
    // The entries are in the log already: their place is enough.
    if (first && last)
      this.#both('append', [first.position, last.position], () => this.#record.append(entries));
  }

  recordAccess(row: AccessRow): void {
    this.#both('recordAccess', [row], () => this.#record.recordAccess(row));
  }

  saveTicket(orgId: OrgId, ticket: NewTicket): string {
    return this.#both('saveTicket', [orgId, ticket], () => this.#record.saveTicket(orgId, ticket));
  }

  updateTicket(orgId: OrgId, ticketId: string, patch: TicketPatch, atMs: EpochMs): boolean {
    return this.#both('updateTicket', [orgId, ticketId, patch, atMs], () =>
      this.#record.updateTicket(orgId, ticketId, patch, atMs),
    );
  }

  addTicketNote(
    orgId: OrgId,
    ticketId: string,
    note: { readonly noteId: string; readonly text: string; readonly atMs: EpochMs },
  ): boolean {
    return this.#both('addTicketNote', [orgId, ticketId, note], () =>
      this.#record.addTicketNote(orgId, ticketId, note),
    );
  }

  saveTicketRequest(
    requestId: string,
    change: Pick<TicketRequest, 'state' | 'attempts' | 'nextAttemptAtMs' | 'ticketId' | 'errorCode'>,
    atMs: EpochMs,
  ): void {
    this.#both('saveTicketRequest', [requestId, change, atMs], () =>
      this.#record.saveTicketRequest(requestId, change, atMs),
    );
  }

  recordToolCall(row: ToolCallRow): void {
    this.#both('recordToolCall', [row], () => this.#record.recordToolCall(row));
  }

  addConsultation(consultation: NewConsultation): void {
    this.#both('addConsultation', [consultation], () => this.#record.addConsultation(consultation));
  }

  archiveConsultation(orgId: OrgId, id: CallId, archived: boolean): boolean {
    return this.#both('archiveConsultation', [orgId, id, archived], () =>
      this.#record.archiveConsultation(orgId, id, archived),
    );
  }

  recordRoomEvent(event: RoomEventRow): boolean {
    return this.#both('recordRoomEvent', [event], () => this.#record.recordRoomEvent(event));
  }

  holdCall(orgId: OrgId, callId: CallId, held: boolean): boolean {
    return this.#both('holdCall', [orgId, callId, held], () => this.#record.holdCall(orgId, callId, held));
  }

  eraseCall(orgId: OrgId, callId: CallId, scope: ErasureScope, atMs: EpochMs): ErasureOutcome {
    return guarded(() =>
      this.#tables.transaction(() => {
        const outcome = this.#record.eraseCall(orgId, callId, scope, atMs);
        if (outcome !== 'erased') return outcome;
        this.#eraseWaiting(callId, scope);
        this.#add('eraseCall', JSON.stringify([orgId, callId, scope, atMs]));
        return outcome;
      })(),
    );
  }

  spoolState(): { logId: string; taken: SpoolMark | null; waiting: number } {
    const row = this.#tables
      .prepare(
        'SELECT log_id AS logId, taken_number AS number, taken_token AS token, (SELECT count(*) FROM spool_items) AS waiting FROM spool_state',
      )
      .get() as { logId: string; number: number | null; token: string | null; waiting: number };
    const { logId, number, token, waiting } = row;
    return { logId, taken: number === null || token === null ? null : { number, token }, waiting };
  }

  spooledItems(limit: number, limitEntries: number): readonly SpooledItem[] {
    const stored = this.#tables
      .prepare('SELECT number, token, method, args_json AS args FROM spool_items ORDER BY number LIMIT ?')
      .all(limit) as StoredItem[];
    const items: SpooledItem[] = [];
    let entries = 0;
    for (const item of stored) {
      if (entries >= limitEntries) break;
      const args = JSON.parse(item.args) as readonly unknown[];
      const { number, token, method } = item;
      if (method !== 'append') items.push({ number, token, method, args } as unknown as SpooledItem);
      else {
        const range = this.#range(args as readonly [number, number]);
        entries += range.length;
        items.push({ number, token, method, args: [range] });
      }
    }
    return items;
  }

  spoolTaken({ number, token }: SpoolMark): boolean {
    return this.#tables.transaction(() => {
      const known = this.#tables
        .prepare('SELECT 1 FROM spool_items WHERE number = ? AND token = ?')
        .get(number, token);
      if (known === undefined) return false;
      this.#tables.prepare('DELETE FROM spool_items WHERE number <= ?').run(number);
      this.#tables.prepare('UPDATE spool_state SET taken_number = ?, taken_token = ?').run(number, token);
      return true;
    })();
  }

  restartSpool(tickets: 'waiting' | 'all'): string {
    return this.#tables.transaction(() => {
      const logId = randomUUID();
      const sent = tickets === 'all' ? { ...SENT_AGAIN, ...SENT_FIRST } : SENT_AGAIN;
      const rows = Object.entries(sent).flatMap(([method, query]) =>
        (this.#tables.prepare(query).pluck().all() as string[]).map(args => ({ method, args })),
      ) as Pick<StoredItem, 'method' | 'args'>[];
      const waiting = (
        this.#tables
          .prepare('SELECT method, args_json AS args FROM spool_items ORDER BY number')
          .all() as Pick<StoredItem, 'method' | 'args'>[]
      ).filter(({ method }) => method !== 'append' && !(method in sent));
      this.#tables.prepare('DELETE FROM spool_items').run();
      this.#tables
        .prepare('UPDATE spool_state SET log_id = ?, taken_number = NULL, taken_token = NULL')
        .run(logId);
      for (let first = 0; first <= this.#record.head(); first += PIECE_ENTRIES)
        this.#add('append', JSON.stringify([first, first + PIECE_ENTRIES - 1]));
      for (const { method, args } of [...rows, ...waiting]) this.#add(method, args);
      return logId;
    })();
  }

  forgetTaken(endedBeforeMs: number): number {
    return this.#tables.transaction(() => {
      // Positions from the first that still waits on; the newest entry is kept too, whatever became of it.
      const kept = (this.#tables
        .prepare("SELECT min(json_extract(args_json, '$[0]')) FROM spool_items WHERE method = 'append'")
        .pluck()
        .get() ?? this.#record.head()) as number;
      const calls = this.#tables
        .prepare(
          `SELECT id FROM conversations WHERE ended_at < ? AND EXISTS (SELECT 1 FROM call_events WHERE conversation_id = conversations.id)
           AND NOT EXISTS (SELECT 1 FROM call_events WHERE conversation_id = conversations.id AND position >= ?) ORDER BY ended_at LIMIT ?`,
        )
        .pluck()
        .all(endedBeforeMs, kept, FORGET_CALLS) as string[];
      for (const callId of calls) {
        for (const table of TABLES_OF_CALLS)
          this.#tables.prepare(`DELETE FROM ${table} WHERE conversation_id = ?`).run(callId);
        this.#tables.prepare('DELETE FROM conversations WHERE id = ?').run(callId);
      }
      return calls.length;
    })();
  }

  ownsCall(callId: CallId): boolean {
    return (
      this.#tables.prepare('SELECT 1 FROM call_events WHERE conversation_id = ? LIMIT 1').get(callId) !==
      undefined
    );
  }

  /** The work and its place in the queue, or neither. What changed nothing here (`false`) is not told there. */
  #both<Value>(method: SpooledMethod, args: readonly unknown[], work: () => Value): Value {
    return guarded(() =>
      this.#tables.transaction(() => {
        const value = work();
        if (value !== false) this.#add(method, JSON.stringify(args));
        return value;
      })(),
    );
  }

  #add(method: SpooledMethod, args: string): void {
    this.#tables
      .prepare('INSERT INTO spool_items (token, method, args_json) VALUES (?, ?, ?)')
      .run(randomUUID(), method, args);
  }

  /** What waits for the team's store says nothing of the call's caller any more either (PRIV5). */
  #eraseWaiting(callId: CallId, scope: ErasureScope): void {
    const waiting = this.#tables
      .prepare(`SELECT number, method, args_json AS args FROM spool_items WHERE method <> 'append'`)
      .all() as StoredItem[];
    const update = this.#tables.prepare('UPDATE spool_items SET args_json = ? WHERE number = ?');
    const ticketIds = new Set(
      this.#tables
        .prepare('SELECT id FROM tickets WHERE conversation_id = ?')
        .pluck()
        .all(callId) as string[],
    );
    for (const { number, method, args } of waiting) {
      const erased = eraseWork(method, JSON.parse(args) as readonly unknown[], {
        callId,
        ticketIds,
        scope,
      });
      if (erased) update.run(JSON.stringify(erased), number);
    }
  }

  #range([first, last]: readonly [number, number]): readonly JournalEntry[] {
    const rows = this.#tables
      .prepare(
        'SELECT position, payload_json AS payload FROM call_events WHERE position BETWEEN ? AND ? ORDER BY position',
      )
      .all(first, last) as { position: number; payload: string }[];
    return rows.map(({ position, payload }) => ({ position, event: parseEvent(payload) }));
  }
}
