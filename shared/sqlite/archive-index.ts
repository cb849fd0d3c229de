import {
  archiveWords,
  asksForLines,
  marksAsked,
  type ArchiveFacets,
  type ArchiveHit,
  type ArchiveQuery,
} from '#shared/domain/archive.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import {
  archiveLine,
  chunkTextsOf,
  hitOf,
  type ChunkText,
  type FoundCall,
  type HitRow,
} from '#shared/projections/archive-line.ts';
import type { Database } from './open-database.ts';

/** Tables of the index: of the worker's database, and of a desk's cache. */
export const ARCHIVE_TABLES = `
CREATE TABLE archive_calls (call_id TEXT PRIMARY KEY, org_id TEXT NOT NULL, started_at INTEGER NOT NULL, outcome TEXT, title TEXT NOT NULL) STRICT;
CREATE INDEX archive_calls_by_start ON archive_calls (org_id, started_at DESC);
CREATE TABLE archive_lines (id INTEGER PRIMARY KEY, call_id TEXT NOT NULL, seq INTEGER NOT NULL, ts INTEGER NOT NULL, kind TEXT NOT NULL, person TEXT, policy TEXT, tool TEXT, mark TEXT, text TEXT NOT NULL, folded TEXT NOT NULL, UNIQUE (call_id, seq)) STRICT;
CREATE INDEX archive_lines_by_mark ON archive_lines (mark, call_id) WHERE mark IS NOT NULL;
CREATE INDEX archive_lines_by_policy ON archive_lines (policy, call_id) WHERE policy IS NOT NULL;
CREATE INDEX archive_lines_by_tool ON archive_lines (tool, call_id) WHERE tool IS NOT NULL;
CREATE VIRTUAL TABLE archive_fts USING fts5 (folded, content='archive_lines', content_rowid='id', tokenize='unicode61 remove_diacritics 0');
INSERT INTO archive_fts (archive_fts, rank) VALUES ('secure-delete', 1);
`;

/** Lines that are shown of one call; it opens with all of them. */
const HITS_SHOWN = 5;

/** Full text over what was said, decided and done on calls (ARC1-ARC4). Synchronous; throws what SQLite throws. */
export class ArchiveIndex {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Part of the transaction that writes the event. The same event again changes nothing. */
  add(event: CallEvent, textOf: ChunkText): void {
    if (event.type === 'call.ringing')
      this.#database
        .prepare(
          'INSERT INTO archive_calls (call_id, org_id, started_at, title) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        )
        .run(
          event.conversationId,
          event.orgId,
          Math.round(event.atMs),
          archiveWords(`${event.displayName} ${event.line}`).join(' '),
        );
    else if (event.type === 'call.ended')
      this.#database
        .prepare('UPDATE archive_calls SET outcome = ? WHERE call_id = ?')
        .run(event.reason, event.conversationId);
    const line = archiveLine(event, textOf);
    if (!line) return;
    const folded = archiveWords(line.text).join(' ');
    const { changes, lastInsertRowid } = this.#database
      .prepare(
        'INSERT INTO archive_lines (call_id, seq, ts, kind, person, policy, tool, mark, text, folded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ) // prettier-ignore
      .run(
        event.conversationId,
        line.seq,
        Math.round(line.atMs),
        line.kind,
        line.person,
        line.policy,
        line.tool,
        line.mark,
        line.text,
        folded,
      );
    if (changes === 1)
      this.#database
        .prepare('INSERT INTO archive_fts (rowid, folded) VALUES (?, ?)')
        .run(lastInsertRowid, folded);
  }

  /** What was found of a call is what its events say now, and nothing that they said before (PRIV5). */
  rewrite(callId: string, events: readonly CallEvent[]): void {
    this.forget(callId);
    const textOf = chunkTextsOf(events);
    for (const event of events) this.add(event, textOf);
  }

  /** Nothing of the call is found any more. */
  forget(callId: string): void {
    this.#database
      .prepare(
        `INSERT INTO archive_fts (archive_fts, rowid, folded) SELECT 'delete', id, folded FROM archive_lines WHERE call_id = ?`,
      )
      .run(callId);
    this.#database.prepare('DELETE FROM archive_lines WHERE call_id = ?').run(callId);
    this.#database.prepare('DELETE FROM archive_calls WHERE call_id = ?').run(callId);
  }

  /** Calls that match, newest first, with lines that say why. `orgId` null where there is but one. */
  search(orgId: string | null, query: ArchiveQuery): readonly FoundCall[] {
    const words = archiveWords(query.text);
    // Letters and digits only: nothing in it has a meaning of its own.
    const match = words.map(word => `"${word}"*`).join(' ');
    const { person, policy, tool, outcome, fromMs, toMs, beforeMs, limit } = query;
    const values: Record<string, string | number | null> = { orgId, fromMs, toMs, beforeMs, limit };
    const where: string[] = [];
    const given = (name: string, value: string, sql: string): void => {
      if (value === '') return;
      values[name] = value;
      where.push(sql);
    };
    const has = (what: string): string =>
      `EXISTS (SELECT 1 FROM archive_lines l WHERE l.call_id = c.call_id AND ${what})`;
    given('outcome', outcome, 'c.outcome = @outcome');
    given('person', person, has('l.person = @person'));
    given('policy', policy, has('l.policy = @policy'));
    given('tool', tool, has('l.tool = @tool'));
    for (const mark of marksAsked(query)) given(`mark_${mark.replaceAll('-', '_')}`, mark, has(`l.mark = @mark_${mark.replaceAll('-', '_')}`)); // prettier-ignore
    given(
      'match',
      match,
      `(c.call_id IN (SELECT l.call_id FROM archive_fts JOIN archive_lines l ON l.id = archive_fts.rowid WHERE archive_fts MATCH @match)${words
        .map((_, at) => `${at === 0 ? ' OR (' : ' AND '}(' ' || c.title) LIKE @title${String(at)}`)
        .join('')}))`,
    );
    words.forEach((word, at) => (values[`title${String(at)}`] = `% ${word}%`));
    const ids = this.#database
      .prepare(
        `SELECT c.call_id FROM archive_calls c WHERE (@orgId IS NULL OR c.org_id = @orgId) AND c.started_at >= @fromMs AND c.started_at <= @toMs AND c.started_at < @beforeMs ${where
          .map(sql => `AND ${sql}`)
          .join(' ')} ORDER BY c.started_at DESC, c.call_id DESC LIMIT @limit`,
      )
      .pluck()
      .all(values) as string[];
    if (!asksForLines(query)) return ids.map(callId => ({ callId, hits: [] }));
    const hits = this.#hits(ids, query, words, match);
    return ids.map(callId => ({ callId, hits: hits.get(callId) ?? [] }));
  }

  /** What can be filtered by. `orgId` null where there is but one. */
  facets(orgId: string | null): ArchiveFacets {
    const of = (column: string): string[] =>
      this.#database
        .prepare(
          `SELECT DISTINCT ${column} FROM archive_lines l JOIN archive_calls c ON c.call_id = l.call_id WHERE ${column} IS NOT NULL AND (@orgId IS NULL OR c.org_id = @orgId) ORDER BY 1 LIMIT 200`,
        )
        .pluck()
        .all({ orgId }) as string[];
    return { people: of('person'), policies: of('policy'), tools: of('tool'), outcomes: of('outcome') };
  }

  /** Of all calls at once: the words are looked up once, however many calls there are. */
  #hits(
    callIds: readonly string[],
    query: ArchiveQuery,
    words: readonly string[],
    match: string,
  ): ReadonlyMap<string, readonly ArchiveHit[]> {
    const { person, policy, tool } = query;
    const marks = marksAsked(query);
    // With words, the lines that hold them; without, those that anything else asks for.
    const others = [
      ...(person === '' ? [] : ['l.person = @person']),
      ...(policy === '' ? [] : ['l.policy = @policy']),
      ...(tool === '' ? [] : ['l.tool = @tool']),
      ...(marks.length === 0 ? [] : [`l.mark IN (${marks.map(mark => `'${mark}'`).join(', ')})`]),
    ].join(' OR ');
    if (match === '' && others === '') return new Map();
    const from =
      match === ''
        ? `archive_lines l WHERE (${others})`
        : 'archive_fts JOIN archive_lines l ON l.id = archive_fts.rowid WHERE archive_fts MATCH @match';
    const rows = this.#database
      .prepare(
        `SELECT l.call_id AS callId, l.seq, l.ts AS atMs, l.kind, l.person, l.policy, l.tool, l.text FROM ${from} AND l.call_id IN (SELECT value FROM json_each(@callIds)) ORDER BY l.call_id, l.seq`,
      )
      .iterate({ callIds: JSON.stringify(callIds), person, policy, tool, match }) as IterableIterator<
      HitRow & { readonly callId: string }
    >;
    const hits = new Map<string, ArchiveHit[]>();
    for (const row of rows) {
      const known = hits.get(row.callId) ?? [];
      hits.set(row.callId, known);
      if (known.length < HITS_SHOWN) known.push(hitOf(row, words));
    }
    return hits;
  }
}
