import { randomUUID } from 'node:crypto';
import type { KnowledgeWriter, RevisionAnswer } from '#shared/adapters/knowledge-book.ts';
import { NOTE_GLOB, spaceOf } from '#shared/domain/document-space.ts';
import { conflictWithoutWords, withoutWords } from '#shared/domain/erased-note.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { KnowledgeConflict, SavedRevision } from '#shared/protocol/knowledge.ts';
import type { Database } from '#shared/sqlite/open-database.ts';
import { erasedHead, eraser } from '../erase-note.ts';
import { revisionOf } from '../knowledge-rows.ts';

/** Notes keep their call for good, so the head's columns say it of every revision. */
const NOTES_OF_CALL = `SELECT id FROM knowledge_docs WHERE org_id = @orgId AND id GLOB @notes AND json_extract(metadata_json, '$.callId') = @callId`;

/** Calls of `@orgId` with a note that carries a flag, as a condition (NOT7). */
export const FLAGGED_CALLS = `id IN (SELECT json_extract(metadata_json, '$.callId') FROM knowledge_docs WHERE org_id = @orgId AND id GLOB '${NOTE_GLOB}' AND deleted = 0 AND json_extract(metadata_json, '$.flag') IS NOT NULL)`;

interface Revisions {
  saveRevision(orgId: OrgId, arrived: SavedRevision, writer: KnowledgeWriter): RevisionAnswer;
}

/** Whether a revision is a note on a call of which nothing may be said any more. */
export function isCallErased(tables: Database, orgId: OrgId, { docId, fields }: SavedRevision): boolean {
  if (spaceOf(docId) !== 'notes') return false;
  const row = tables
    .prepare('SELECT 1 FROM conversations WHERE org_id = ? AND id = ? AND erased IS NOT NULL')
    .get(orgId, fields.callId ?? '');
  return row !== undefined;
}

export function notesOfCall(tables: Database, orgId: OrgId, callId: CallId): readonly SavedRevision[] {
  return (
    tables
      .prepare(
        `SELECT payload_json FROM knowledge_revisions WHERE org_id = @orgId AND doc_id IN (${NOTES_OF_CALL}) ORDER BY version, place`,
      )
      .pluck()
      .all({ orgId, callId, notes: NOTE_GLOB }) as string[]
  ).map(revisionOf);
}

/** Takes the words of all notes on a call out of every revision and conflict, within the transaction that erases the call (NOT11). */
export function eraseNotes(
  tables: Database,
  book: Revisions,
  orgId: OrgId,
  callId: CallId,
  atMs: EpochMs,
): void {
  const docIds = tables.prepare(NOTES_OF_CALL).pluck().all({ orgId, callId, notes: NOTE_GLOB }) as string[];
  for (const docId of docIds) {
    const head = tables
      .prepare(
        'SELECT r.payload_json FROM knowledge_docs d JOIN knowledge_revisions r ON r.org_id = d.org_id AND r.id = d.head_id WHERE d.org_id = ? AND d.id = ?',
      )
      .pluck()
      .get(orgId, docId) as string | undefined;
    const open = tables
      .prepare('SELECT id FROM knowledge_conflicts WHERE org_id = ? AND doc_id = ? AND resolved_by IS NULL')
      .pluck()
      .all(orgId, docId) as string[];
    const erased = head === undefined ? null : erasedHead(revisionOf(head), open, randomUUID, atMs);
    if (erased) book.saveRevision(orgId, erased, eraser(atMs));
    rewrite<SavedRevision>(tables, 'knowledge_revisions', orgId, docId, withoutWords);
    rewrite<KnowledgeConflict>(tables, 'knowledge_conflicts', orgId, docId, conflictWithoutWords);
  }
}

function rewrite<Row>(
  tables: Database,
  table: 'knowledge_revisions' | 'knowledge_conflicts',
  orgId: OrgId,
  docId: string,
  change: (row: Row) => Row,
): void {
  const update = tables.prepare(`UPDATE ${table} SET payload_json = ? WHERE org_id = ? AND id = ?`);
  const rows = tables
    .prepare(`SELECT id, payload_json AS payload FROM ${table} WHERE org_id = ? AND doc_id = ?`)
    .all(orgId, docId) as { readonly id: string; readonly payload: string }[];
  for (const { id, payload } of rows)
    update.run(JSON.stringify(change(JSON.parse(payload) as Row)), orgId, id);
}
