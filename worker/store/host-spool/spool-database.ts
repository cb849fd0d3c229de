import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { guarded, openDatabase, type Database, type Migration } from '#shared/sqlite/open-database.ts';

const SPOOL_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE entries (position INTEGER PRIMARY KEY, conversation_id TEXT NOT NULL, seq INTEGER NOT NULL, payload_json TEXT NOT NULL) STRICT;
CREATE INDEX entries_by_call ON entries (conversation_id, seq);`,
  },
];

/**
 * The events of one host that control may not have yet, synced to disk. Synchronous: a host keeps it on a thread of its own;
 * control opens it when the host is dead. Every method throws `storage.*`.
 */
export class SpoolDatabase {
  readonly #database: Database;

  constructor(file: string) {
    this.#database = openDatabase(file, SPOOL_MIGRATIONS);
  }

  append(entries: readonly JournalEntry[]): void {
    guarded(() => {
      const insert = this.#database.prepare('INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?)');
      this.#database.transaction(() => {
        for (const { position, event } of entries)
          insert.run(position, event.conversationId, event.seq, JSON.stringify(event));
      })();
    });
  }

  head(): number {
    return guarded(() => {
      const head = this.#database.prepare('SELECT max(position) FROM entries').pluck().get();
      return (head as number | null) ?? -1;
    });
  }

  callEvents(callId: CallId, afterSeq: number): readonly CallEvent[] {
    return guarded(() =>
      this.#database
        .prepare('SELECT payload_json FROM entries WHERE conversation_id = ? AND seq > ? ORDER BY seq')
        .pluck()
        .all(callId, afterSeq)
        .map(text => JSON.parse(text as string) as CallEvent),
    );
  }

  entries(after: number, limit: number): readonly JournalEntry[] {
    return guarded(() =>
      (
        this.#database
          .prepare(
            'SELECT position, payload_json AS payload FROM entries WHERE position > ? ORDER BY position LIMIT ?',
          )
          .all(after, limit) as { readonly position: number; readonly payload: string }[]
      ).map(({ position, payload }) => ({ position, event: JSON.parse(payload) as CallEvent })),
    );
  }

  /** Control has these on disk of its own. */
  forget(through: number): void {
    guarded(() => this.#database.prepare('DELETE FROM entries WHERE position <= ?').run(through));
  }

  close(): void {
    this.#database.close();
  }
}
