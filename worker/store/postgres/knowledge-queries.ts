import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type {
  KnowledgeBook,
  KnowledgeVersions,
  KnowledgeWriter,
  PublishOutcome,
  RevisionAnswer,
} from '#shared/adapters/knowledge-book.ts';
import { publishProblem } from '#shared/domain/knowledge-revision.ts';
import { SPACE_PREFIXES } from '#shared/domain/document-space.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type {
  DocumentState,
  KnowledgeChanges,
  KnowledgeConflict,
  SavedRevision,
} from '#shared/protocol/knowledge.ts';
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
import { inTransaction, type PostgresAccess } from './connection.ts';
import { text } from './insert-rows.ts';
import { isCallErased, notesOfCall } from './note-queries.ts';

const DOCUMENT_COLUMNS =
  'id AS "docId", head_id AS "headId", published_id AS "publishedId", deleted, version';

/** The team's knowledge: see `KnowledgeBook`. Writers of an org take turns at its counter's row (KN17). */
export function knowledgeQueries({ inOrg }: PostgresAccess): KnowledgeBook {
  /** The counter's row is held from the first statement on, so that everything read after it is what the writer before has left. */
  const write = <Value>(orgId: OrgId, work: (tables: Tables) => Promise<Value>): Promise<Value> =>
    inOrg(orgId, client =>
      inTransaction(client, async () => {
        await holdKnowledge(client, orgId);
        return work(new Tables(client, orgId));
      }),
    );
  /** Several questions to one moment. */
  const read = <Value>(orgId: OrgId, work: (tables: Tables) => Promise<Value>): Promise<Value> =>
    inOrg(orgId, client =>
      inTransaction(client, async () => {
        await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
        return work(new Tables(client, orgId));
      }),
    );
  return {
    saveRevision: (orgId, revision, writer) => write(orgId, tables => saveRevision(tables, revision, writer)),
    publishRevision: (orgId, docId, revisionId) =>
      write(orgId, tables => publishRevision(tables, docId, revisionId)),
    seedKnowledge: (orgId, documents, atMs) =>
      write(orgId, async tables => {
        if (await tables.hasArticle()) return false;
        for (const { revision, isPublished } of documents) {
          const version = await tables.nextVersion(revision.docId);
          await tables.insertRevision(revision, version, 0, { userId: '' as UserId, atMs });
          await tables.stand(revision, version, atMs);
          if (isPublished) await tables.publish(revision.docId, revision.id);
        }
        return true;
      }),
    knowledgeVersions: orgId => inOrg(orgId, client => new Tables(client, orgId).versions()),
    knowledgeChanges: (orgId, after, limit) => read(orgId, tables => tables.changes(after, limit)),
    knowledgeDocument: (orgId, docId) =>
      read(orgId, async tables => {
        const state = await tables.document(docId);
        const head = state && (await tables.revision(state.headId));
        return state && head ? { state, head } : null;
      }),
    knowledgeRevision: (orgId, docId, revisionId) =>
      inOrg(orgId, client => new Tables(client, orgId).revisionOf(docId, revisionId)),
    publishedRevisions: orgId =>
      inOrg(orgId, async client => {
        const { rows } = await client.query<{ payload: string }>({
          name: 'published-knowledge',
          text: 'SELECT r.payload_json AS payload FROM knowledge_docs d JOIN knowledge_revisions r ON r.org_id = d.org_id AND r.id = d.published_id WHERE d.org_id = $1 ORDER BY d.id COLLATE "C"',
          values: [text(orgId)],
        });
        return rows.map(({ payload }) => revisionOf(payload));
      }),
    notesOfCall: (orgId, callId) => inOrg(orgId, client => notesOfCall(client, orgId, callId)),
    documentUses: (orgId, docId, fromMs) =>
      read(orgId, async tables => (await tables.uses(docId, fromMs)).map(parseEvent)),
  };
}

/** Whoever writes knowledge within a transaction of their own takes their turn by this, before anything is read (KN17). */
export async function holdKnowledge(client: pg.ClientBase, orgId: OrgId): Promise<void> {
  await client.query({
    name: 'hold-knowledge',
    text: 'INSERT INTO knowledge_versions (org_id, version, published_version) VALUES ($1, 0, 0) ON CONFLICT (org_id) DO UPDATE SET version = knowledge_versions.version',
    values: [text(orgId)],
  });
}

/** Within a transaction that has its turn (`holdKnowledge`). */
export const saveRevisionIn = (
  client: pg.ClientBase,
  orgId: OrgId,
  arrived: SavedRevision,
  writer: KnowledgeWriter,
): Promise<RevisionAnswer> => saveRevision(new Tables(client, orgId), arrived, writer);

async function saveRevision(
  tables: Tables,
  arrived: SavedRevision,
  writer: KnowledgeWriter,
): Promise<RevisionAnswer> {
  const { docId } = arrived;
  const document = await tables.document(docId);
  const head = document ? await tables.revision(document.headId) : null;
  const parents: (SavedRevision | null)[] = [];
  for (const id of arrived.parents) parents.push(await tables.revisionOf(docId, id));
  const plan = planRevision(
    arrived,
    {
      known: await tables.revision(arrived.id),
      head,
      base: parents[0] ?? null,
      hasParents: !parents.includes(null),
      openConflicts: await tables.openConflicts(docId),
      isCallErased: await tables.isCallErased(arrived),
    },
    writer,
    randomUUID,
  );
  if (!plan.write) return plan.answer;
  const version = await tables.nextVersion(docId);
  for (const [place, one] of plan.write.revisions.entries())
    await tables.insertRevision(one, version, place, writer);
  await tables.stand(plan.write.head, version, writer.atMs);
  for (const conflict of plan.write.conflicts) {
    const told = head ? await withWriter(tables, conflict, head) : conflict;
    await tables.insertConflict(told, version);
  }
  await tables.settle(plan.write.settles, arrived.id, version);
  return plan.answer;
}

async function withWriter(
  tables: Tables,
  conflict: KnowledgeConflict,
  head: SavedRevision,
): Promise<KnowledgeConflict> {
  const asking = writerOf(conflict.blockId, head);
  let step = asking.next();
  while (step.done !== true) step = asking.next(await tables.revisionOf(conflict.docId, step.value));
  return writtenBy(conflict, step.value);
}

async function publishRevision(tables: Tables, docId: string, revisionId: string): Promise<PublishOutcome> {
  const document = await tables.document(docId);
  if (!document) return { outcome: 'refused', reason: 'unknown' };
  const parents = await tables.parents(docId);
  const reason = publishProblem(
    revisionId,
    document.publishedId,
    (await tables.openConflicts(docId)).length,
    id => parents.get(id) ?? null,
  );
  if (reason) return { outcome: 'refused', reason };
  if (document.publishedId === revisionId)
    return { outcome: 'published', version: (await tables.versions()).version };
  return { outcome: 'published', version: await tables.publish(docId, revisionId) };
}

/** The tables of knowledge as one org sees them, on one connection. */
class Tables {
  readonly #client: pg.ClientBase;
  readonly #orgId: string;

  constructor(client: pg.ClientBase, orgId: OrgId) {
    this.#client = client;
    this.#orgId = text(orgId);
  }

  async hasArticle(): Promise<boolean> {
    const rows = await this.#rows(
      'knowledge-has-article',
      'SELECT 1 FROM knowledge_docs WHERE org_id = $1 AND NOT starts_with(id, $2) AND NOT starts_with(id, $3) LIMIT 1',
      [...SPACE_PREFIXES],
    );
    return rows.length > 0;
  }

  async document(docId: string): Promise<DocumentState | null> {
    const rows = await this.#rows<StoredDocument>(
      'knowledge-document',
      `SELECT ${DOCUMENT_COLUMNS} FROM knowledge_docs WHERE org_id = $1 AND id = $2`,
      [docId],
    );
    return rows[0] ? stateOf(rows[0]) : null;
  }

  async revision(id: string): Promise<SavedRevision | null> {
    const rows = await this.#rows<{ payload: string }>(
      'knowledge-revision',
      'SELECT payload_json AS payload FROM knowledge_revisions WHERE org_id = $1 AND id = $2',
      [id],
    );
    return rows[0] ? revisionOf(rows[0].payload) : null;
  }

  async revisionOf(docId: string, id: string): Promise<SavedRevision | null> {
    const revision = await this.revision(id);
    return revision?.docId === docId ? revision : null;
  }

  async parents(docId: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const rows = await this.#rows<{ id: string; parents: string }>(
      'knowledge-parents',
      'SELECT id, parents_json AS parents FROM knowledge_revisions WHERE org_id = $1 AND doc_id = $2',
      [docId],
    );
    return new Map(rows.map(row => [row.id, JSON.parse(row.parents) as string[]]));
  }

  async openConflicts(docId: string): Promise<readonly string[]> {
    const rows = await this.#rows<{ id: string }>(
      'knowledge-open-conflicts',
      'SELECT id FROM knowledge_conflicts WHERE org_id = $1 AND doc_id = $2 AND resolved_version IS NULL',
      [docId],
    );
    return rows.map(({ id }) => id);
  }

  isCallErased(revision: SavedRevision): Promise<boolean> {
    return isCallErased(this.#client, this.#orgId, revision);
  }

  async versions(): Promise<KnowledgeVersions> {
    const rows = await this.#rows<KnowledgeVersions>(
      'knowledge-versions',
      'SELECT version, published_version AS "publishedVersion" FROM knowledge_versions WHERE org_id = $1',
    );
    return rows[0] ?? { version: 0, publishedVersion: 0 };
  }

  async nextVersion(docId: string): Promise<number> {
    const rows = await this.#rows<{ version: number }>(
      'next-knowledge-version',
      `WITH next AS (UPDATE knowledge_versions SET version = version + 1 WHERE org_id = $1 RETURNING version)
       INSERT INTO knowledge_changes (org_id, version, doc_id) SELECT $1, version, $2 FROM next RETURNING version`,
      [docId],
    );
    return rows[0]?.version ?? 0;
  }

  async publish(docId: string, revisionId: string): Promise<number> {
    const version = await this.nextVersion(docId);
    await this.#rows(
      'publish-knowledge',
      'UPDATE knowledge_docs SET published_id = $3, version = $4 WHERE org_id = $1 AND id = $2',
      [docId, revisionId, version],
    );
    await this.#rows(
      'published-knowledge-version',
      'UPDATE knowledge_versions SET published_version = version WHERE org_id = $1',
    );
    return version;
  }

  async changes(after: number, limit: number): Promise<KnowledgeChanges> {
    const changes = await this.#rows<{ version: number; docId: string }>(
      'knowledge-changes',
      'SELECT version, doc_id AS "docId" FROM knowledge_changes WHERE org_id = $1 AND version > $2 ORDER BY version LIMIT $3',
      [after, limit],
    );
    const docIds = [...new Set(changes.map(({ docId }) => docId))];
    const newest = (await this.versions()).version;
    const version = changes.at(-1)?.version ?? Math.min(after, newest);
    const documents = await this.#rows<StoredDocument>(
      'changed-documents',
      `SELECT ${DOCUMENT_COLUMNS} FROM knowledge_docs WHERE org_id = $1 AND id = ANY($2) ORDER BY version`,
      [docIds],
    );
    const revisions = await this.#rows<{ payload: string }>(
      'changed-revisions',
      'SELECT payload_json AS payload FROM knowledge_revisions WHERE org_id = $1 AND doc_id = ANY($2) AND version > $3 ORDER BY version, place',
      [docIds, after],
    );
    const conflicts = await this.#rows<StoredConflict>(
      'changed-conflicts',
      'SELECT resolved_by AS "resolvedBy", payload_json AS payload FROM knowledge_conflicts WHERE org_id = $1 AND doc_id = ANY($2) AND (resolved_version IS NULL OR resolved_version > $3) ORDER BY version, id COLLATE "C"',
      [docIds, after],
    );
    return {
      version,
      hasMore: version < newest,
      documents: documents.map(stateOf),
      revisions: revisions.map(({ payload }) => revisionOf(payload)),
      conflicts: conflicts.map(conflictOf),
    };
  }

  async uses(docId: string, fromMs: number): Promise<readonly string[]> {
    const calls = await this.#rows<{ callId: string }>(
      'document-uses',
      `SELECT DISTINCT conversation_id AS "callId" FROM call_events WHERE org_id = $1 AND event_type = 'chunk.drafted' AND ts >= $2 AND strpos(payload_json, $3) > 0`,
      [Math.round(fromMs), citationMark(docId)],
    );
    const events = await this.#rows<{ payload: string }>(
      'document-use-events',
      'SELECT payload_json AS payload FROM call_events WHERE org_id = $1 AND conversation_id = ANY($2) AND event_type = ANY($3) ORDER BY conversation_id COLLATE "C", seq',
      [calls.map(({ callId }) => callId), [...USE_EVENTS]],
    );
    return events.map(({ payload }) => payload);
  }

  async insertRevision(
    revision: SavedRevision,
    version: number,
    place: number,
    { userId, atMs }: Pick<KnowledgeWriter, 'userId' | 'atMs'>,
  ): Promise<void> {
    await this.#rows(
      'insert-knowledge-revision',
      'INSERT INTO knowledge_revisions (org_id, id, doc_id, version, place, author_id, received_at, parents_json, payload_json) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      [
        revision.id,
        revision.docId,
        version,
        place,
        text(userId),
        Math.round(atMs),
        JSON.stringify(revision.parents),
        JSON.stringify(revision),
      ],
    );
  }

  async stand(head: SavedRevision, version: number, atMs: EpochMs): Promise<void> {
    const { source, title, body, metadata } = headColumns(head);
    await this.#rows(
      'knowledge-stands',
      `INSERT INTO knowledge_docs (org_id, id, source, title, body, metadata_json, created_at, updated_at, head_id, deleted, version)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)
       ON CONFLICT (id, org_id) DO UPDATE SET source = $3, title = $4, body = $5, metadata_json = $6, updated_at = $7, head_id = $8, deleted = $9, version = $10`,
      [
        head.docId,
        text(source),
        text(title),
        text(body),
        metadata,
        Math.round(atMs),
        head.id,
        head.isDeleted,
        version,
      ],
    );
  }

  async insertConflict(conflict: KnowledgeConflict, version: number): Promise<void> {
    await this.#rows(
      'insert-knowledge-conflict',
      'INSERT INTO knowledge_conflicts (org_id, id, doc_id, version, payload_json) VALUES ($1, $2, $3, $4, $5)',
      [conflict.id, conflict.docId, version, JSON.stringify(conflict)],
    );
  }

  async settle(ids: readonly string[], revisionId: string, version: number): Promise<void> {
    if (ids.length === 0) return;
    await this.#rows(
      'settle-knowledge-conflicts',
      'UPDATE knowledge_conflicts SET resolved_by = $3, resolved_version = $4 WHERE org_id = $1 AND id = ANY($2)',
      [[...ids], revisionId, version],
    );
  }

  /** The org is always `$1`. */
  async #rows<Row extends pg.QueryResultRow>(
    name: string,
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    const { rows } = await this.#client.query<Row>({
      name,
      text: statement,
      values: [this.#orgId, ...values],
    });
    return rows;
  }
}
