import type {
  DocumentState,
  KnowledgeChanges,
  KnowledgeConflict,
  SavedRevision,
} from '#shared/protocol/knowledge.ts';
import type { Database } from '#shared/sqlite/open-database.ts';

const CURSOR = 'knowledge.cursor';

/** Documents, revisions and conflicts as the worker last told them (DST16, SYN20). */
export class KnowledgeCache {
  readonly #database: Database;
  /** Revisions never change: one that was read once is not parsed again. */
  readonly #parsed = new Map<string, SavedRevision>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The worker's counter up to which everything is here. */
  cursor(): number {
    const value = this.#database.prepare('SELECT value FROM meta WHERE key = ?').pluck().get(CURSOR);
    return Number(value ?? 0);
  }

  /**
   * Takes a page in one transaction, with the cursor behind it. A page that was asked for from another place is left out.
   * @returns the documents that are not what they were, or `null` when nothing was taken
   */
  apply(after: number, changes: KnowledgeChanges): readonly string[] | null {
    return this.#database.transaction(() => {
      if (this.cursor() !== after || changes.version < after) return null;
      const saveRevision = this.#database.prepare(
        'INSERT OR IGNORE INTO kb_rev (id, doc_id, payload_json) VALUES (?, ?, ?)',
      );
      for (const revision of changes.revisions)
        saveRevision.run(revision.id, revision.docId, JSON.stringify(revision));
      const saveConflict = this.#database.prepare(
        `INSERT INTO kb_conflict VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET resolved_by = excluded.resolved_by,
          payload_json = excluded.payload_json`,
      );
      for (const conflict of changes.conflicts)
        saveConflict.run(conflict.id, conflict.docId, conflict.resolvedBy, JSON.stringify(conflict));
      const saveDoc = this.#database.prepare(
        `INSERT INTO kb_doc VALUES (?, ?, ?, ?, ?) ON CONFLICT (doc_id) DO UPDATE SET head_id = excluded.head_id,
          published_id = excluded.published_id, is_deleted = excluded.is_deleted, version = excluded.version`,
      );
      for (const { docId, headId, publishedId, isDeleted, version } of changes.documents)
        saveDoc.run(docId, headId, publishedId, isDeleted ? 1 : 0, version);
      this.#database
        .prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
        .run(CURSOR, String(changes.version));
      return changes.documents.map(({ docId }) => docId);
    })();
  }

  /** The worker's counter went back: everything is read anew from the beginning. */
  reset(): void {
    this.#database.transaction(() => {
      for (const table of ['kb_doc', 'kb_rev', 'kb_conflict'])
        this.#database.prepare(`DELETE FROM ${table}`).run();
      this.#database.prepare('DELETE FROM meta WHERE key = ?').run(CURSOR);
    })();
    this.#parsed.clear();
  }

  /** What was told of a document, as it may be kept from now on (NOT12). */
  rewrite(
    docId: string,
    revision: (known: SavedRevision) => SavedRevision,
    conflict: (known: KnowledgeConflict) => KnowledgeConflict,
  ): void {
    const change = <Row>(table: 'kb_rev' | 'kb_conflict', rewritten: (row: Row) => Row): void => {
      const update = this.#database.prepare(`UPDATE ${table} SET payload_json = ? WHERE id = ?`);
      const rows = this.#database
        .prepare(`SELECT id, payload_json AS payload FROM ${table} WHERE doc_id = ?`)
        .all(docId) as { readonly id: string; readonly payload: string }[];
      for (const { id, payload } of rows)
        update.run(JSON.stringify(rewritten(JSON.parse(payload) as Row)), id);
    };
    this.#database.transaction(() => {
      change('kb_rev', revision);
      change('kb_conflict', conflict);
    })();
    this.#parsed.clear();
  }

  docs(): readonly DocumentState[] {
    return (this.#database.prepare(`${DOCS} ORDER BY doc_id`).all() as DocRow[]).map(toDoc);
  }

  doc(docId: string): DocumentState | null {
    const row = this.#database.prepare(`${DOCS} WHERE doc_id = ?`).get(docId) as DocRow | undefined;
    return row ? toDoc(row) : null;
  }

  revision(id: string): SavedRevision | null {
    const known = this.#parsed.get(id);
    if (known) return known;
    const payload = this.#database.prepare('SELECT payload_json FROM kb_rev WHERE id = ?').pluck().get(id);
    if (payload === undefined) return null;
    const revision = JSON.parse(payload as string) as SavedRevision;
    if (this.#parsed.size >= MOST_PARSED) this.#parsed.clear();
    this.#parsed.set(id, revision);
    return revision;
  }

  /** Oldest first. */
  revisionsOf(docId: string): readonly SavedRevision[] {
    return this.#database
      .prepare('SELECT payload_json FROM kb_rev WHERE doc_id = ? ORDER BY n')
      .pluck()
      .all(docId)
      .map(payload => JSON.parse(payload as string) as SavedRevision);
  }

  openConflicts(docId: string): readonly KnowledgeConflict[] {
    return this.#database
      .prepare('SELECT payload_json FROM kb_conflict WHERE doc_id = ? AND resolved_by IS NULL ORDER BY id')
      .pluck()
      .all(docId)
      .map(payload => JSON.parse(payload as string) as KnowledgeConflict);
  }

  /** Documents with open conflicts, and how many. */
  conflictCounts(): ReadonlyMap<string, number> {
    const rows = this.#database
      .prepare(
        `SELECT doc_id AS docId, count(*) AS count FROM kb_conflict WHERE resolved_by IS NULL GROUP BY doc_id`,
      )
      .all() as { readonly docId: string; readonly count: number }[];
    return new Map(rows.map(({ docId, count }) => [docId, count]));
  }
}

const MOST_PARSED = 2_000;
const DOCS =
  'SELECT doc_id AS docId, head_id AS headId, published_id AS publishedId, is_deleted AS isDeleted, version FROM kb_doc';

interface DocRow extends Omit<DocumentState, 'isDeleted'> {
  readonly isDeleted: number;
}
const toDoc = (row: DocRow): DocumentState => ({ ...row, isDeleted: row.isDeleted === 1 });
