import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { conflictWithoutWords, withoutWords } from '#shared/domain/erased-note.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { KnowledgeConflict, SavedRevision } from '#shared/protocol/knowledge.ts';
import { erasedHead, eraser } from '../erase-note.ts';
import { revisionOf } from '../knowledge-rows.ts';
import { text } from './insert-rows.ts';
import { holdKnowledge, saveRevisionIn } from './knowledge-queries.ts';
import { NOTES_OF_CALL } from './note-queries.ts';

/**
 * Takes the words of all notes on a call out of every revision and conflict, within the transaction that erases the call (NOT11).
 * It takes its turn among the writers before it looks: one of them may be about to save a note on the call.
 */
export async function eraseNotes(
  client: pg.ClientBase,
  orgId: OrgId,
  callId: CallId,
  atMs: EpochMs,
): Promise<void> {
  await holdKnowledge(client, orgId);
  const { rows: notes } = await client.query<{ id: string }>(NOTES_OF_CALL, [text(orgId), text(callId)]);
  for (const { id: docId } of notes) {
    const { rows: heads } = await client.query<{ payload: string }>(
      'SELECT r.payload_json AS payload FROM knowledge_docs d JOIN knowledge_revisions r ON r.org_id = d.org_id AND r.id = d.head_id WHERE d.org_id = $1 AND d.id = $2',
      [text(orgId), docId],
    );
    const { rows: open } = await client.query<{ id: string }>(
      'SELECT id FROM knowledge_conflicts WHERE org_id = $1 AND doc_id = $2 AND resolved_by IS NULL',
      [text(orgId), docId],
    );
    const openIds = open.map(({ id }) => id);
    const [head] = heads;
    const erased = head ? erasedHead(revisionOf(head.payload), openIds, randomUUID, atMs) : null;
    if (erased) await saveRevisionIn(client, orgId, erased, eraser(atMs));
    await rewrite<SavedRevision>(client, 'knowledge_revisions', orgId, docId, withoutWords);
    await rewrite<KnowledgeConflict>(client, 'knowledge_conflicts', orgId, docId, conflictWithoutWords);
  }
}

async function rewrite<Row>(
  client: pg.ClientBase,
  table: 'knowledge_revisions' | 'knowledge_conflicts',
  orgId: OrgId,
  docId: string,
  change: (row: Row) => Row,
): Promise<void> {
  const { rows } = await client.query<{ id: string; payload: string }>(
    `SELECT id, payload_json AS payload FROM ${table} WHERE org_id = $1 AND doc_id = $2`,
    [text(orgId), docId],
  );
  for (const { id, payload } of rows)
    await client.query(`UPDATE ${table} SET payload_json = $3 WHERE org_id = $1 AND id = $2`, [
      text(orgId),
      id,
      JSON.stringify(change(JSON.parse(payload) as Row)),
    ]);
}
