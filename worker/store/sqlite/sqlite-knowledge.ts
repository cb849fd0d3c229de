import { randomUUID } from 'node:crypto';
import type {
  KnowledgeBook,
  KnowledgeVersions,
  KnowledgeWriter,
  PublishOutcome,
  RevisionAnswer,
  SeedDocument,
} from '#shared/adapters/knowledge-book.ts';
import { publishProblem } from '#shared/domain/knowledge-revision.ts';
import { SPACE_PREFIXES } from '#shared/domain/document-space.ts';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type {
  DocumentState,
  KnowledgeChanges,
  KnowledgeConflict,
  SavedRevision,
} from '#shared/protocol/knowledge.ts';
import { guarded, type Database } from '#shared/sqlite/open-database.ts';
import {
  citationMark,
  conflictOf,
  headColumns,
  revisionOf,
  stateOf,
  USE_EVENTS,
  type StoredConflict,
  type StoredDocument,
} from '../knowledge-rows.ts';
import { planRevision, writerOf, writtenBy } from '../plan-revision.ts';
import { parseEvent } from '../row-values.ts';
import type { ErasureWitness } from './sqlite-privacy.ts';
import type { Synchronous } from './synchronous.ts';
import { eraseNotes, isCallErased, notesOfCall } from './sqlite-notes.ts';

const DOCUMENT_COLUMNS = 'id AS docId, head_id AS headId, published_id AS publishedId, deleted, version';

/** The part of the worker's database that holds knowledge: see `KnowledgeBook`. Writers take turns by being on one thread. Throws `storage.*`. */
export class SqliteKnowledge implements Synchronous<KnowledgeBook>, ErasureWitness {
  readonly #tables: Database;

  constructor(tables: Database) {
    this.#tables = tables;
  }

  saveRevision(orgId: OrgId, arrived: SavedRevision, writer: KnowledgeWriter): RevisionAnswer {
    return this.#write(() => {
      const { docId } = arrived;
      const document = this.#document(orgId, docId);
      const head = document ? this.#revision(orgId, document.headId) : null;
      const parents = arrived.parents.map(id => this.#revisionOf(orgId, docId, id));
      const plan = planRevision(
        arrived,
        {
          known: this.#revision(orgId, arrived.id),
          head,
          base: parents[0] ?? null,
          hasParents: !parents.includes(null),
          openConflicts: this.#openConflicts(orgId, docId),
          isCallErased: isCallErased(this.#tables, orgId, arrived),
        },
        writer,
        randomUUID,
      );
      if (!plan.write) return plan.answer;
      const version = this.#nextVersion(orgId, docId);
      plan.write.revisions.forEach((one, place) => this.#insertRevision(orgId, one, version, place, writer));
      this.#stand(orgId, plan.write.head, version, writer.atMs);
      for (const conflict of plan.write.conflicts)
        this.#insertConflict(orgId, this.#withWriter(orgId, conflict, head), version);
      for (const id of plan.write.settles)
        this.#tables
          .prepare(
            'UPDATE knowledge_conflicts SET resolved_by = ?, resolved_version = ? WHERE org_id = ? AND id = ?',
          )
          .run(arrived.id, version, orgId, id);
      return plan.answer;
    });
  }

  publishRevision(orgId: OrgId, docId: string, revisionId: string): PublishOutcome {
    return this.#write(() => {
      const document = this.#document(orgId, docId);
      if (!document) return { outcome: 'refused', reason: 'unknown' };
      const parents = new Map(
        (
          this.#tables
            .prepare(
              'SELECT id, parents_json AS parents FROM knowledge_revisions WHERE org_id = ? AND doc_id = ?',
            )
            .all(orgId, docId) as { id: string; parents: string }[]
        ).map(row => [row.id, JSON.parse(row.parents) as string[]]),
      );
      const reason = publishProblem(
        revisionId,
        document.publishedId,
        this.#openConflicts(orgId, docId).length,
        id => parents.get(id) ?? null,
      );
      if (reason) return { outcome: 'refused', reason };
      if (document.publishedId === revisionId)
        return { outcome: 'published', version: this.knowledgeVersions(orgId).version };
      return { outcome: 'published', version: this.#publish(orgId, docId, revisionId) };
    });
  }

  seedKnowledge(orgId: OrgId, documents: readonly SeedDocument[], atMs: EpochMs): boolean {
    return this.#write(() => {
      if (this.#hasArticle(orgId)) return false;
      for (const { revision, isPublished } of documents) {
        const version = this.#nextVersion(orgId, revision.docId);
        this.#insertRevision(orgId, revision, version, 0, { userId: '' as UserId, atMs });
        this.#stand(orgId, revision, version, atMs);
        if (isPublished) this.#publish(orgId, revision.docId, revision.id);
      }
      return true;
    });
  }

  knowledgeVersions(orgId: OrgId): KnowledgeVersions {
    return guarded(
      () =>
        (this.#tables
          .prepare(
            'SELECT version, published_version AS publishedVersion FROM knowledge_versions WHERE org_id = ?',
          )
          .get(orgId) as KnowledgeVersions | undefined) ?? { version: 0, publishedVersion: 0 },
    );
  }

  knowledgeChanges(orgId: OrgId, after: number, limit: number): KnowledgeChanges {
    return guarded(() => {
      const changes = this.#tables
        .prepare(
          'SELECT version, doc_id AS docId FROM knowledge_changes WHERE org_id = ? AND version > ? ORDER BY version LIMIT ?',
        )
        .all(orgId, after, limit) as { version: number; docId: string }[];
      const docIds = JSON.stringify([...new Set(changes.map(({ docId }) => docId))]);
      const of = <Row>(query: string, ...more: readonly unknown[]): Row[] =>
        this.#tables.prepare(query).all(orgId, docIds, ...more) as Row[];
      const version = changes.at(-1)?.version ?? Math.min(after, this.knowledgeVersions(orgId).version);
      return {
        version,
        hasMore: version < this.knowledgeVersions(orgId).version,
        documents: of<StoredDocument>(
          `SELECT ${DOCUMENT_COLUMNS} FROM knowledge_docs WHERE org_id = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY version`,
        ).map(stateOf),
        revisions: of<{ payload: string }>(
          'SELECT payload_json AS payload FROM knowledge_revisions WHERE org_id = ? AND doc_id IN (SELECT value FROM json_each(?)) AND version > ? ORDER BY version, place',
          after,
        ).map(({ payload }) => revisionOf(payload)),
        conflicts: of<StoredConflict>(
          'SELECT resolved_by AS resolvedBy, payload_json AS payload FROM knowledge_conflicts WHERE org_id = ? AND doc_id IN (SELECT value FROM json_each(?)) AND (resolved_version IS NULL OR resolved_version > ?) ORDER BY version, id',
          after,
        ).map(conflictOf),
      };
    });
  }

  knowledgeDocument(
    orgId: OrgId,
    docId: string,
  ): { readonly state: DocumentState; readonly head: SavedRevision } | null {
    return guarded(() => {
      const state = this.#document(orgId, docId);
      const head = state && this.#revision(orgId, state.headId);
      return state && head ? { state, head } : null;
    });
  }

  knowledgeRevision(orgId: OrgId, docId: string, revisionId: string): SavedRevision | null {
    return guarded(() => this.#revisionOf(orgId, docId, revisionId));
  }

  publishedRevisions(orgId: OrgId): readonly SavedRevision[] {
    return guarded(() =>
      (
        this.#tables
          .prepare(
            'SELECT r.payload_json FROM knowledge_docs d JOIN knowledge_revisions r ON r.org_id = d.org_id AND r.id = d.published_id WHERE d.org_id = ? ORDER BY d.id',
          )
          .pluck()
          .all(orgId) as string[]
      ).map(revisionOf),
    );
  }

  notesOfCall(orgId: OrgId, callId: CallId): readonly SavedRevision[] {
    return guarded(() => notesOfCall(this.#tables, orgId, callId));
  }

  callErased(orgId: OrgId, callId: CallId, atMs: EpochMs): void {
    // What is left of a note is a revision like any other (NOT11).
    guarded(() => eraseNotes(this.#tables, this, orgId, callId, atMs));
  }

  documentUses(orgId: OrgId, docId: string, fromMs: number): readonly CallEvent[] {
    return guarded(() => {
      const callIds = this.#tables
        .prepare(
          `SELECT DISTINCT conversation_id FROM call_events WHERE org_id = ? AND event_type = 'chunk.drafted' AND ts >= ? AND instr(payload_json, ?) > 0`,
        )
        .pluck()
        .all(orgId, fromMs, citationMark(docId)) as string[];
      const events = this.#tables
        .prepare(
          `SELECT payload_json FROM call_events WHERE conversation_id IN (SELECT value FROM json_each(?)) AND event_type IN (SELECT value FROM json_each(?)) AND org_id = ? ORDER BY conversation_id, seq`,
        )
        .pluck()
        .all(JSON.stringify(callIds), JSON.stringify(USE_EVENTS), orgId) as string[];
      return events.map(parseEvent);
    });
  }

  #hasArticle(orgId: OrgId): boolean {
    return (
      this.#tables
        .prepare('SELECT 1 FROM knowledge_docs WHERE org_id = ? AND id NOT GLOB ? AND id NOT GLOB ? LIMIT 1')
        .get(orgId, ...SPACE_PREFIXES.map(prefix => `${prefix}*`)) !== undefined
    );
  }

  #document(orgId: OrgId, docId: string): DocumentState | null {
    const row = this.#tables
      .prepare(`SELECT ${DOCUMENT_COLUMNS} FROM knowledge_docs WHERE org_id = ? AND id = ?`)
      .get(orgId, docId) as StoredDocument | undefined;
    return row ? stateOf(row) : null;
  }

  #revision(orgId: OrgId, id: string): SavedRevision | null {
    const payload = this.#tables
      .prepare('SELECT payload_json FROM knowledge_revisions WHERE org_id = ? AND id = ?')
      .pluck()
      .get(orgId, id) as string | undefined;
    return payload === undefined ? null : revisionOf(payload);
  }

  #revisionOf(orgId: OrgId, docId: string, id: string): SavedRevision | null {
    const revision = this.#revision(orgId, id);
    return revision?.docId === docId ? revision : null;
  }

  #openConflicts(orgId: OrgId, docId: string): readonly string[] {
    return this.#tables
      .prepare(
        'SELECT id FROM knowledge_conflicts WHERE org_id = ? AND doc_id = ? AND resolved_version IS NULL',
      )
      .pluck()
      .all(orgId, docId) as string[];
  }

  #withWriter(orgId: OrgId, conflict: KnowledgeConflict, head: SavedRevision | null): KnowledgeConflict {
    if (!head) return conflict;
    const asking = writerOf(conflict.blockId, head);
    let step = asking.next();
    while (step.done !== true) step = asking.next(this.#revisionOf(orgId, conflict.docId, step.value));
    return writtenBy(conflict, step.value);
  }

  #nextVersion(orgId: OrgId, docId: string): number {
    const version = this.#tables
      .prepare(
        'INSERT INTO knowledge_versions (org_id, version, published_version) VALUES (?, 1, 0) ON CONFLICT (org_id) DO UPDATE SET version = version + 1 RETURNING version',
      )
      .pluck()
      .get(orgId) as number;
    this.#tables
      .prepare('INSERT INTO knowledge_changes (org_id, version, doc_id) VALUES (?, ?, ?)')
      .run(orgId, version, docId);
    return version;
  }

  #publish(orgId: OrgId, docId: string, revisionId: string): number {
    const version = this.#nextVersion(orgId, docId);
    this.#tables
      .prepare('UPDATE knowledge_docs SET published_id = ?, version = ? WHERE org_id = ? AND id = ?')
      .run(revisionId, version, orgId, docId);
    this.#tables
      .prepare('UPDATE knowledge_versions SET published_version = version WHERE org_id = ?')
      .run(orgId);
    return version;
  }

  #insertRevision(
    orgId: OrgId,
    revision: SavedRevision,
    version: number,
    place: number,
    { userId, atMs }: Pick<KnowledgeWriter, 'userId' | 'atMs'>,
  ): void {
    this.#tables
      .prepare(
        'INSERT INTO knowledge_revisions (org_id, id, doc_id, version, place, author_id, received_at, parents_json, payload_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        orgId,
        revision.id,
        revision.docId,
        version,
        place,
        userId,
        Math.round(atMs),
        JSON.stringify(revision.parents),
        JSON.stringify(revision),
      );
  }

  #stand(orgId: OrgId, head: SavedRevision, version: number, atMs: EpochMs): void {
    const { source, title, body, metadata } = headColumns(head);
    this.#tables
      .prepare(
        `INSERT INTO knowledge_docs (id, org_id, source, title, body, metadata_json, created_at, updated_at, head_id, deleted, version)
         VALUES (@id, @orgId, @source, @title, @body, @metadata, @atMs, @atMs, @headId, @deleted, @version)
         ON CONFLICT (org_id, id) DO UPDATE SET source = @source, title = @title, body = @body, metadata_json = @metadata, updated_at = @atMs, head_id = @headId, deleted = @deleted, version = @version`,
      )
      .run({
        id: head.docId,
        orgId,
        source,
        title,
        body,
        metadata,
        atMs: Math.round(atMs),
        headId: head.id,
        deleted: head.isDeleted ? 1 : 0,
        version,
      });
  }

  #insertConflict(orgId: OrgId, conflict: KnowledgeConflict, version: number): void {
    this.#tables
      .prepare(
        'INSERT INTO knowledge_conflicts (org_id, id, doc_id, version, payload_json) VALUES (?, ?, ?, ?, ?)',
      )
      .run(orgId, conflict.id, conflict.docId, version, JSON.stringify(conflict));
  }

  #write<Value>(work: () => Value): Value {
    return guarded(() => this.#tables.transaction(work).immediate());
  }
}
