import { randomUUID } from 'node:crypto';
import type { NewConsultation, RoomEventRow } from '#shared/adapters/consultation-book.ts';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { NewTicket, TicketRequest, ToolCallRow } from '#shared/adapters/ticket-book.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { TicketPatch } from '#shared/domain/ticket.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { toStorageError } from '#shared/sqlite/open-database.ts';
import { parseEvent } from '../row-values.ts';
import type { SpooledItem, SpooledMethod, SpoolMark } from '../spool.ts';
import type { AccessRow } from '../store.ts';
import { SqliteDatabase } from './sqlite-database.ts';

/** Entries of the log in one piece of work, when a whole record is sent again. */
const PIECE_ENTRIES = 512;

/** What a new log sends again besides the entries: all that the team's store passes by where it has it already. */
const SENT_AGAIN: Readonly<Partial<Record<SpooledMethod, string>>> = {
  recordAccess: `SELECT json_array(json_object('id', id, 'orgId', org_id, 'userId', user_id, 'action', action, 'outcome', outcome, 'atMs', ts, 'payload', json(payload_json))) FROM audit_access ORDER BY ts, id`,
  addConsultation: `SELECT json_array(json_object('id', id, 'orgId', org_id, 'roomName', room_name, 'type', consultation_type, 'atMs', created_at)) FROM video_consultations ORDER BY created_at, id`,
  recordRoomEvent: `SELECT json_array(json_object('id', id, 'name', event_name, 'roomName', room_name, 'createdAtMs', created_at, 'receivedAtMs', received_at, 'roomCreatedAtMs', room_created_at, 'recordingUrl', recording_url, 'payloadJson', payload_json)) FROM livekit_room_events ORDER BY created_at, received_at, id`,
};

interface StoredItem {
  readonly number: number;
  readonly token: string;
  readonly method: SpooledMethod;
  readonly args: string;
}

/** The worker's database that also remembers, in the transaction of the work itself, what the team has not heard yet. */
export class SqliteSpool extends SqliteDatabase {
  constructor(file: string) {
    super(file);
    this.tables
      .prepare('INSERT INTO spool_state (id, log_id) VALUES (1, ?) ON CONFLICT DO NOTHING')
      .run(randomUUID());
  }

  override append(entries: readonly JournalEntry[]): void {
    const [first, last] = [entries[0], entries.at(-1)];
    // The entries are in the log already: their place is enough.
    if (first && last) this.#both('append', [first.position, last.position], () => super.append(entries));
  }

  override recordAccess(row: AccessRow): void {
    this.#both('recordAccess', [row], () => super.recordAccess(row));
  }

  override saveTicket(orgId: OrgId, ticket: NewTicket): string {
    return this.#both('saveTicket', [orgId, ticket], () => super.saveTicket(orgId, ticket));
  }

  override updateTicket(orgId: OrgId, ticketId: string, patch: TicketPatch, atMs: EpochMs): boolean {
    return this.#both('updateTicket', [orgId, ticketId, patch, atMs], () =>
      super.updateTicket(orgId, ticketId, patch, atMs),
    );
  }

  override addTicketNote(
    orgId: OrgId,
    ticketId: string,
    note: { readonly noteId: string; readonly text: string; readonly atMs: EpochMs },
  ): boolean {
    return this.#both('addTicketNote', [orgId, ticketId, note], () =>
      super.addTicketNote(orgId, ticketId, note),
    );
  }

  override saveTicketRequest(
    requestId: string,
    change: Pick<TicketRequest, 'state' | 'attempts' | 'nextAttemptAtMs' | 'ticketId' | 'errorCode'>,
    atMs: EpochMs,
  ): void {
    this.#both('saveTicketRequest', [requestId, change, atMs], () =>
      super.saveTicketRequest(requestId, change, atMs),
    );
  }

  override recordToolCall(row: ToolCallRow): void {
    this.#both('recordToolCall', [row], () => super.recordToolCall(row));
  }

  override addConsultation(consultation: NewConsultation): void {
    this.#both('addConsultation', [consultation], () => super.addConsultation(consultation));
  }

  override archiveConsultation(orgId: OrgId, id: CallId, archived: boolean): boolean {
    return this.#both('archiveConsultation', [orgId, id, archived], () =>
      super.archiveConsultation(orgId, id, archived),
    );
  }

  override recordRoomEvent(event: RoomEventRow): boolean {
    return this.#both('recordRoomEvent', [event], () => super.recordRoomEvent(event));
  }

  spoolState(): { logId: string; taken: SpoolMark | null; waiting: number } {
    const row = this.tables
      .prepare(
        'SELECT log_id AS logId, taken_number AS number, taken_token AS token, (SELECT count(*) FROM spool_items) AS waiting FROM spool_state',
      )
      .get() as { logId: string; number: number | null; token: string | null; waiting: number };
    const { logId, number, token, waiting } = row;
    return { logId, taken: number === null || token === null ? null : { number, token }, waiting };
  }

  spooledItems(limit: number, limitEntries: number): readonly SpooledItem[] {
    const stored = this.tables
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
    return this.tables.transaction(() => {
      const known = this.tables
        .prepare('SELECT 1 FROM spool_items WHERE number = ? AND token = ?')
        .get(number, token);
      if (known === undefined) return false;
      this.tables.prepare('DELETE FROM spool_items WHERE number <= ?').run(number);
      this.tables.prepare('UPDATE spool_state SET taken_number = ?, taken_token = ?').run(number, token);
      return true;
    })();
  }

  restartSpool(): string {
    return this.tables.transaction(() => {
      const logId = randomUUID();
      const rows = Object.entries(SENT_AGAIN).flatMap(([method, query]) =>
        (this.tables.prepare(query).pluck().all() as string[]).map(args => ({ method, args })),
      ) as Pick<StoredItem, 'method' | 'args'>[];
      const waiting = (
        this.tables
          .prepare('SELECT method, args_json AS args FROM spool_items ORDER BY number')
          .all() as Pick<StoredItem, 'method' | 'args'>[]
      ).filter(({ method }) => method !== 'append' && !(method in SENT_AGAIN));
      this.tables.prepare('DELETE FROM spool_items').run();
      this.tables
        .prepare('UPDATE spool_state SET log_id = ?, taken_number = NULL, taken_token = NULL')
        .run(logId);
      for (let first = 0; first <= this.head(); first += PIECE_ENTRIES)
        this.#add('append', JSON.stringify([first, first + PIECE_ENTRIES - 1]));
      for (const { method, args } of [...rows, ...waiting]) this.#add(method, args);
      return logId;
    })();
  }

  ownsCall(callId: CallId): boolean {
    return (
      this.tables.prepare('SELECT 1 FROM call_events WHERE conversation_id = ? LIMIT 1').get(callId) !==
      undefined
    );
  }

  /** The work and its place in the queue, or neither. What changed nothing here (`false`) is not told there. */
  #both<Value>(method: SpooledMethod, args: readonly unknown[], work: () => Value): Value {
    try {
      return this.tables.transaction(() => {
        const value = work();
        if (value !== false) this.#add(method, JSON.stringify(args));
        return value;
      })();
    } catch (error) {
      throw toStorageError(error);
    }
  }

  #add(method: SpooledMethod, args: string): void {
    this.tables
      .prepare('INSERT INTO spool_items (token, method, args_json) VALUES (?, ?, ?)')
      .run(randomUUID(), method, args);
  }

  #range([first, last]: readonly [number, number]): readonly JournalEntry[] {
    const rows = this.tables
      .prepare(
        'SELECT position, payload_json AS payload FROM call_events WHERE position BETWEEN ? AND ? ORDER BY position',
      )
      .all(first, last) as { position: number; payload: string }[];
    return rows.map(({ position, payload }) => ({ position, event: parseEvent(payload) }));
  }
}
