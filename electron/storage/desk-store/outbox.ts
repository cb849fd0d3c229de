import type { PushAnswer, SavedRevision } from '#shared/protocol/knowledge.ts';
import type { KnowledgeFields } from '#shared/protocol/knowledge.ts';
import type { Database } from '#shared/sqlite/open-database.ts';

export type OutboxState = 'waiting' | 'taken' | 'refused';

/** A revision that was saved here and is not known to be in the cache yet. */
export interface OutboxEntry {
  readonly n: number;
  readonly state: OutboxState;
  readonly revision: SavedRevision;
  readonly savedAtMs: number;
  readonly reason: string | null;
  readonly message: string | null;
  readonly settledAtMs: number | null;
}

export interface Unsaved {
  readonly markdown: string;
  readonly fields: KnowledgeFields;
  readonly baseId: string | null;
}

interface Row extends Omit<OutboxEntry, 'revision'> {
  readonly payload: string;
}

const SELECT = `SELECT n, state, payload_json AS payload, saved_at_ms AS savedAtMs, reason, message, settled_at_ms AS settledAtMs FROM outbox`;

/**
 * What this desk saved and the worker may not have (DST10-DST15). A revision is in here from the moment it is saved until the
 * cache has what the worker made of it; so one insert is the whole save, and no transaction spans two files.
 */
export class Outbox {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Saves a revision and clears what was typed of its document, in one transaction. */
  add(revision: SavedRevision, savedAtMs: number): void {
    this.#database.transaction(() => {
      this.#database
        .prepare(
          `INSERT INTO outbox (revision_id, doc_id, state, payload_json, saved_at_ms) VALUES (?, ?, 'waiting', ?, ?)`,
        )
        .run(revision.id, revision.docId, JSON.stringify(revision), savedAtMs);
      // Whoever saves the document again has answered what was refused of it.
      this.#database.prepare(`DELETE FROM outbox WHERE doc_id = ? AND state = 'refused'`).run(revision.docId);
      this.#database.prepare('DELETE FROM unsaved WHERE doc_id = ?').run(revision.docId);
    })();
  }

  /** The next to be sent, in the order they were saved. */
  waiting(limit: number): readonly OutboxEntry[] {
    return this.#rows(`${SELECT} WHERE state = 'waiting' ORDER BY n LIMIT ?`, limit);
  }

  all(): readonly OutboxEntry[] {
    return this.#rows(`${SELECT} ORDER BY n`);
  }

  ofDoc(docId: string): readonly OutboxEntry[] {
    return this.#rows(`${SELECT} WHERE doc_id = ? ORDER BY n`, docId);
  }

  refused(): readonly OutboxEntry[] {
    return this.#rows(`${SELECT} WHERE state = 'refused' ORDER BY n`);
  }

  count(state: OutboxState): number {
    return this.#database.prepare('SELECT count(*) FROM outbox WHERE state = ?').pluck().get(state) as number;
  }

  /** What the worker said of revisions that were sent. One that it took stays until the cache has it (DST12). */
  settle({ answers, version }: PushAnswer, nowMs: number): void {
    const take = this.#database.prepare(
      `UPDATE outbox SET state = 'taken', taken_version = ?, settled_at_ms = ? WHERE revision_id = ? AND state <> 'taken'`,
    );
    this.#database.transaction(() => {
      for (const answer of answers) {
        if (answer.outcome === 'refused')
          this.#refuse(answer.revisionId, answer.reason, answer.message, nowMs);
        else take.run(version, nowMs, answer.revisionId);
      }
    })();
  }

  /** The worker does not take these at all; each stays, with the reason. */
  refuse(revisionIds: readonly string[], reason: string, message: string, nowMs: number): void {
    this.#database.transaction(() => {
      for (const id of revisionIds) this.#refuse(id, reason, message, nowMs);
    })();
  }

  /** The cache has everything up to `version`. */
  forgetTaken(version: number): void {
    this.#database.prepare(`DELETE FROM outbox WHERE state = 'taken' AND taken_version <= ?`).run(version);
  }

  /** The worker has these, whatever it once said of them: an answer may have been lost, and a later one been another (DST12). */
  forget(revisionIds: readonly string[]): void {
    const forget = this.#database.prepare('DELETE FROM outbox WHERE revision_id = ?');
    this.#database.transaction(() => {
      for (const id of revisionIds) forget.run(id);
    })();
  }

  /** The worker's counter went back: what it took is not known to be there any more, and is sent again. */
  sendTakenAgain(): void {
    this.#database
      .prepare(`UPDATE outbox SET state = 'waiting', taken_version = NULL WHERE state = 'taken'`)
      .run();
  }

  keepUnsaved(docId: string, { markdown, fields, baseId }: Unsaved, nowMs: number): void {
    this.#database
      .prepare(
        `INSERT INTO unsaved VALUES (?, ?, ?, ?, ?) ON CONFLICT (doc_id) DO UPDATE SET base_id = excluded.base_id,
          markdown = excluded.markdown, fields_json = excluded.fields_json, at_ms = excluded.at_ms`,
      )
      .run(docId, baseId, markdown, JSON.stringify(fields), nowMs);
  }

  /** Throws away what was typed of a document, and with it what was not accepted of it. */
  dropUnsaved(docId: string): void {
    this.#database.transaction(() => {
      this.#database.prepare('DELETE FROM unsaved WHERE doc_id = ?').run(docId);
      this.#database.prepare(`DELETE FROM outbox WHERE doc_id = ? AND state = 'refused'`).run(docId);
    })();
  }

  /** Nothing that was saved or typed of a document here may be kept (NOT12). */
  forgetDoc(docId: string): void {
    this.#database.transaction(() => {
      for (const table of ['unsaved', 'outbox'])
        this.#database.prepare(`DELETE FROM ${table} WHERE doc_id = ?`).run(docId);
    })();
  }

  unsaved(docId: string): Unsaved | null {
    const row = this.#database
      .prepare('SELECT base_id AS baseId, markdown, fields_json AS fieldsJson FROM unsaved WHERE doc_id = ?')
      .get(docId) as
      { readonly baseId: string | null; readonly markdown: string; readonly fieldsJson: string } | undefined;
    return row
      ? {
          baseId: row.baseId,
          markdown: row.markdown,
          fields: JSON.parse(row.fieldsJson) as KnowledgeFields,
        }
      : null;
  }

  #refuse(revisionId: string, reason: string, message: string, nowMs: number): void {
    this.#database
      .prepare(
        `UPDATE outbox SET state = 'refused', reason = ?, message = ?, settled_at_ms = ? WHERE revision_id = ? AND state = 'waiting'`,
      )
      .run(reason, message, nowMs, revisionId);
  }

  #rows(sql: string, ...parameters: readonly unknown[]): readonly OutboxEntry[] {
    return (this.#database.prepare(sql).all(...parameters) as Row[]).map(({ payload, ...row }) => ({
      ...row,
      revision: JSON.parse(payload) as SavedRevision,
    }));
  }
}
