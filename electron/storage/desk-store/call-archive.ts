import type { ArchiveFacets, ArchivePage, ArchiveQuery } from '#shared/domain/archive.ts';
import type { ListedCall } from '#shared/domain/call-list.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { ArchiveIndex } from '#shared/sqlite/archive-index.ts';
import type { Database } from '#shared/sqlite/open-database.ts';

/** Full text over the calls this desk has. Indexed when somebody searches, never while calls arrive (ARC6). */
export class CallArchive {
  readonly #database: Database;
  readonly #index: ArchiveIndex;
  readonly #isWritable: boolean;

  constructor(database: Database, isWritable: boolean) {
    this.#database = database;
    this.#index = new ArchiveIndex(database);
    this.#isWritable = isWritable;
  }

  search(query: ArchiveQuery): ArchivePage {
    this.#catchUp();
    const listed = this.#database.prepare('SELECT listed_json FROM call WHERE id = ?').pluck();
    const found = this.#index.search(null, { ...query, limit: query.limit + 1 });
    const calls = found.flatMap(({ callId, hits }) => {
      const json = listed.get(callId) as string | null | undefined;
      return json ? [{ call: JSON.parse(json) as ListedCall, hits: [...hits] }] : [];
    });
    return { calls: calls.slice(0, query.limit), hasMore: found.length > query.limit };
  }

  facets(): ArchiveFacets {
    this.#catchUp();
    return this.#index.facets(null);
  }

  /** Events of the cache that the index does not have yet; what the cache forgets it forgets here too. */
  #catchUp(): void {
    if (!this.#isWritable) return;
    const text = this.#database
      .prepare(
        `SELECT json_extract(payload_json, '$.text') FROM call_event WHERE conversation_id = ? AND type = ? AND json_extract(payload_json, '$.chunkId') = ?`,
      )
      .pluck();
    this.#database.transaction(() => {
      const done = this.#database.prepare(
        'INSERT INTO archive_done (call_id, events) VALUES (?, ?) ON CONFLICT (call_id) DO UPDATE SET events = excluded.events',
      );
      const behind = this.#database
        .prepare(
          'SELECT e.conversation_id AS callId, count(*) AS events FROM call_event e GROUP BY e.conversation_id HAVING count(*) <> coalesce((SELECT d.events FROM archive_done d WHERE d.call_id = e.conversation_id), 0)',
        )
        .all() as { readonly callId: string; readonly events: number }[];
      for (const { callId, events } of behind) {
        const payloads = this.#database
          .prepare('SELECT payload_json FROM call_event WHERE conversation_id = ? ORDER BY seq')
          .pluck()
          .all(callId) as string[];
        for (const payload of payloads)
          this.#index.add(JSON.parse(payload) as CallEvent, (chunkId, as) => (text.get(callId, `chunk.${as}`, chunkId) as string | undefined) ?? null); // prettier-ignore
        done.run(callId, events);
      }
    })();
  }
}
