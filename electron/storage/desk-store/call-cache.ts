import type { CallQuery, ListedCall } from '#shared/domain/call-list.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { ERASED_NAME } from '#shared/events/erase-event.ts';
import { ArchiveIndex } from '#shared/sqlite/archive-index.ts';
import type { Database } from '#shared/sqlite/open-database.ts';

/** How a call ends that nobody meant to end; as the worker filters. */
const CUT_OFF: readonly string[] = ['line-failed', 'worker-crashed', 'worker-stopped'];

/** Words of people in an event's payload, for a search of the list. */
const SAID_TYPES = ['transcript.final', 'chunk.drafted'];

/** Calls and their events as this desk saw them (DST30-DST33). */
export class CallCache {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Events as they came; the same again changes nothing. */
  addEvents(events: readonly CallEvent[], seenAtMs: number): void {
    const insert = this.#database.prepare('INSERT OR IGNORE INTO call_event VALUES (?, ?, ?, ?, ?)');
    const touch = this.#database.prepare(
      `INSERT INTO call (id, started_at_ms, ended_at_ms, listed_json, seen_at_ms) VALUES (?, ?, NULL, NULL, ?)
        ON CONFLICT (id) DO UPDATE SET seen_at_ms = excluded.seen_at_ms`,
    );
    this.#database.transaction(() => {
      for (const event of events) {
        insert.run(event.conversationId, event.seq, event.atMs, event.type, JSON.stringify(event));
        touch.run(event.conversationId, event.atMs, seenAtMs);
      }
    })();
  }

  /** Calls as the worker lists them. */
  addListed(calls: readonly ListedCall[], seenAtMs: number): void {
    const save = this.#database.prepare(
      `INSERT INTO call VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET started_at_ms = excluded.started_at_ms,
        ended_at_ms = excluded.ended_at_ms, listed_json = excluded.listed_json, seen_at_ms = excluded.seen_at_ms`,
    );
    this.#database.transaction(() => {
      for (const call of calls)
        save.run(call.id, call.startedAtMs, call.endedAtMs, JSON.stringify(call), seenAtMs);
    })();
  }

  /** Events of one call without a gap from `afterSeq` on; `null` where this desk does not have them. */
  events(callId: string, afterSeq: number): readonly CallEvent[] | null {
    const all = this.#database
      .prepare(
        'SELECT seq, payload_json AS payload FROM call_event WHERE conversation_id = ? AND seq > ? ORDER BY seq',
      )
      .all(callId, afterSeq) as { readonly seq: number; readonly payload: string }[];
    const gap = all.findIndex(({ seq }, at) => seq !== afterSeq + 1 + at);
    const whole = gap < 0 ? all : all.slice(0, gap);
    if (whole.length === 0 && !this.#hasEvents(callId, afterSeq)) return null;
    return whole.map(({ payload }) => JSON.parse(payload) as CallEvent);
  }

  /** @param flagged calls with a flag, for the filter of that name: the notes say it (NOT7) */
  list(
    { limit, beforeMs, query, filter }: CallQuery,
    flagged: readonly string[] = [],
  ): readonly ListedCall[] {
    const rows = this.#database
      .prepare(
        `SELECT listed_json FROM call WHERE started_at_ms < ? AND listed_json IS NOT NULL ORDER BY started_at_ms DESC, id DESC`,
      )
      .pluck()
      .iterate(beforeMs) as IterableIterator<string>;
    const words = query.trim().toLowerCase();
    const said = words === '' ? null : this.#callsThatSay(words);
    const isFlagged = new Set<string>(flagged);
    const found: ListedCall[] = [];
    for (const row of rows) {
      const call = JSON.parse(row) as ListedCall;
      if (said && !said.has(call.id) && !`${call.displayName} ${call.line}`.toLowerCase().includes(words))
        continue;
      if (filter === 'flagged' ? !isFlagged.has(call.id) : !passes(call, filter)) continue;
      found.push(call);
      if (found.length === limit) break;
    }
    return found;
  }

  /** Ended calls among the newest of the list whose events this desk does not have to their end, newest first. */
  incomplete(limit: number, passedOver: readonly string[]): readonly string[] {
    const newest = this.#database
      .prepare(
        `SELECT id FROM call WHERE ended_at_ms IS NOT NULL AND listed_json IS NOT NULL ORDER BY started_at_ms DESC LIMIT ?`,
      )
      .pluck()
      .all(limit) as string[];
    const last = this.#database.prepare(
      `SELECT count(*) = max(seq) + 1 AND max(type = 'call.ended') FROM call_event WHERE conversation_id = ?`,
    );
    return newest.filter(id => !passedOver.includes(id) && last.pluck().get(id) !== 1);
  }

  /** How many calls, of which the newest was seen when. */
  facts(): { readonly calls: number; readonly seenAtMs: number | null } {
    return this.#database
      .prepare('SELECT count(listed_json) AS calls, max(seen_at_ms) AS seenAtMs FROM call')
      .get() as { readonly calls: number; readonly seenAtMs: number | null };
  }

  /** Throws away calls that began before, oldest first, at most `limit`. @returns how many */
  forgetBefore(startedAtMs: number, limit: number): number {
    return this.#database.transaction(() => {
      const ids = this.#database
        .prepare('SELECT id FROM call WHERE started_at_ms < ? ORDER BY started_at_ms LIMIT ?')
        .pluck()
        .all(startedAtMs, limit) as string[];
      for (const id of ids) this.#forget(id);
      return ids.length;
    })();
  }

  /**
   * Throws away what this desk has of calls whose caller the worker has erased (DST35). What is fetched afterwards names nobody, and
   * is kept.
   * @returns how many were thrown away
   */
  forgetErased(callIds: readonly string[]): number {
    const namesSomebody = this.#database
      .prepare(
        `SELECT 1 FROM call c WHERE c.id = @id AND (json_extract(c.listed_json, '$.displayName') <> @erased OR EXISTS
          (SELECT 1 FROM call_event e WHERE e.conversation_id = @id AND e.type = 'call.ringing' AND json_extract(e.payload_json, '$.displayName') <> @erased))`,
      )
      .pluck();
    return this.#database.transaction(() => {
      const found = callIds.filter(id => namesSomebody.get({ id, erased: ERASED_NAME }) === 1);
      for (const id of found) this.#forget(id);
      return found.length;
    })();
  }

  #forget(id: string): void {
    new ArchiveIndex(this.#database).forget(id);
    for (const sql of [
      'DELETE FROM archive_done WHERE call_id = ?',
      'DELETE FROM call_event WHERE conversation_id = ?',
      'DELETE FROM call WHERE id = ?',
    ])
      this.#database.prepare(sql).run(id);
  }

  #hasEvents(callId: string, afterSeq: number): boolean {
    const seq = this.#database
      .prepare('SELECT 1 FROM call_event WHERE conversation_id = ? AND seq = ?')
      .pluck()
      .get(callId, afterSeq);
    return seq !== undefined;
  }

  #callsThatSay(words: string): ReadonlySet<string> {
    const ids = this.#database
      .prepare(
        `SELECT DISTINCT conversation_id FROM call_event WHERE type IN (${SAID_TYPES.map(() => '?').join(', ')})
          AND instr(lower(json_extract(payload_json, '$.text')), ?) > 0`,
      )
      .pluck()
      .all(...SAID_TYPES, words) as string[];
    return new Set(ids);
  }
}

const passes = (call: ListedCall, filter: Exclude<CallQuery['filter'], 'flagged'>): boolean => {
  switch (filter) {
    case 'all':
      return true;
    case 'stopped':
      return call.vetoCount > 0;
    case 'taken-over':
      return call.takenOver;
    case 'cut-off':
      return call.endReason !== null && CUT_OFF.includes(call.endReason);
  }
};
