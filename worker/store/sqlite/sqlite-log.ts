import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { ToolCallRow } from '#shared/adapters/ticket-book.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventOf } from '#shared/events/call-event.ts';
import { ArchiveIndex } from '#shared/sqlite/archive-index.ts';
import { guarded, type Database } from '#shared/sqlite/open-database.ts';
import { chainedEvent, type ChainedEvent } from '#worker/audit/own-chains.ts';
import { derivedRows, type DerivedRow } from '../derived-rows.ts';
import { parseEvent, toolCallValues } from '../row-values.ts';
import type { Store } from '../store.ts';
import type { CallRow } from './sqlite-calls.ts';
import type { LOG_METHODS } from './store-methods.ts';
import type { Synchronous } from './synchronous.ts';

/** Parts that are written with the log, in the transaction of an append. */
export interface LogFollowers {
  readonly calls: {
    follow(event: CallEvent, row: CallRow, eventsOf: (callId: CallId) => readonly CallEvent[]): void;
  };
  readonly tickets: {
    addToolCall(row: ToolCallRow): void;
    addTicketRequest(event: CallEventOf<'ticket.requested'>): void;
  };
  readonly chains: { chainEvents(events: readonly ChainedEvent[], atMs: number): void };
}

/** The part of the worker's database that holds the events of all calls. Throws `storage.*`. */
export class SqliteLog implements Synchronous<Pick<Store, (typeof LOG_METHODS)[number]>> {
  readonly #tables: Database;
  readonly #followers: LogFollowers;
  readonly #archive: ArchiveIndex;

  constructor(tables: Database, followers: LogFollowers) {
    this.#tables = tables;
    this.#followers = followers;
    this.#archive = new ArchiveIndex(tables);
  }

  append(entries: readonly JournalEntry[]): void {
    guarded(() => {
      const insert = this.#tables.prepare(
        'INSERT INTO call_events (position, id, org_id, conversation_id, seq, event_type, ts, schema_version, payload_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
      );
      const chained: ChainedEvent[] = [];
      this.#tables.transaction(() => {
        for (const { position, event } of entries) {
          const text = JSON.stringify(event);
          const written = insert.run(
            position,
            event.id,
            event.orgId,
            event.conversationId,
            event.seq,
            event.type,
            Math.round(event.atMs),
            event.v,
            text,
          );
          if (written.changes === 0) continue;
          chained.push(chainedEvent(event, text));
          for (const row of derivedRows(event, chunkId => this.#chunkText(event, chunkId, 'released')))
            this.#follow(event, row);
          this.#archive.add(event, (chunkId, as) => this.#chunkText(event, chunkId, as));
        }
        this.#followers.chains.chainEvents(chained, entries.at(-1)?.event.atMs ?? 0);
      })();
    });
  }

  head(): number {
    return guarded(() => {
      const row = this.#tables.prepare('SELECT max(position) AS head FROM call_events').get() as {
        head: number | null;
      };
      return row.head ?? -1;
    });
  }

  callEvents(callId: CallId, afterSeq: number): readonly CallEvent[] {
    return guarded(() =>
      this.#tables
        .prepare('SELECT payload_json FROM call_events WHERE conversation_id = ? AND seq > ? ORDER BY seq')
        .pluck()
        .all(callId, afterSeq)
        .map(parseEvent),
    );
  }

  entries(after: number, limit: number): readonly JournalEntry[] {
    return guarded(() => {
      const rows = this.#tables
        .prepare(
          'SELECT position, payload_json AS payload FROM call_events WHERE position > ? ORDER BY position LIMIT ?',
        )
        .all(after, limit) as { position: number; payload: string }[];
      return rows.map(({ position, payload }) => ({ position, event: parseEvent(payload) }));
    });
  }

  /** A record that was written before there was an index is indexed once. */
  indexOld(): void {
    const isOld = this.#tables
      .prepare('SELECT EXISTS (SELECT 1 FROM call_events) AND NOT EXISTS (SELECT 1 FROM archive_calls)')
      .pluck()
      .get();
    if (isOld !== 1) return;
    const calls = this.#tables
      .prepare('SELECT DISTINCT conversation_id FROM call_events')
      .pluck()
      .all() as CallId[];
    this.#tables.transaction(() => {
      for (const callId of calls)
        for (const event of this.callEvents(callId, -1))
          this.#archive.add(event, (chunkId, as) => this.#chunkText(event, chunkId, as));
    })();
  }

  #follow(event: CallEvent, row: DerivedRow): void {
    const { calls, tickets } = this.#followers;
    switch (row.table) {
      case 'audit_tool_calls':
        tickets.addToolCall(toolCallValues(event, row));
        return;
      case 'ticket_requests':
        tickets.addTicketRequest(row.event);
        return;
      default:
        calls.follow(event, row, callId => this.callEvents(callId, -1));
    }
  }

  #chunkText({ conversationId }: CallEvent, chunkId: string, as: 'drafted' | 'released'): string | null {
    const text = this.#tables
      .prepare(
        `SELECT json_extract(payload_json, '$.text') FROM call_events WHERE conversation_id = ? AND event_type = ? AND json_extract(payload_json, '$.chunkId') = ?`,
      )
      .pluck()
      .get(conversationId, `chunk.${as}`, chunkId) as string | undefined;
    return text ?? null;
  }
}
