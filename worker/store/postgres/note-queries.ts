import type pg from 'pg';
import { SPACE_PREFIXES, spaceOf } from '#shared/domain/document-space.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { SavedRevision } from '#shared/protocol/knowledge.ts';
import { revisionOf } from '../knowledge-rows.ts';
import { text } from './insert-rows.ts';

/** `CASE` because the database may look at the columns of articles first, and those can hold what its JSON refuses. */
export const noteField = (field: 'callId' | 'flag'): string =>
  `CASE WHEN starts_with(id, '${SPACE_PREFIXES[1]}') THEN metadata_json::json ->> '${field}' END`;

/** Notes keep their call for good, so the head's columns say it of every revision. */
export const NOTES_OF_CALL = `SELECT id FROM knowledge_docs WHERE org_id = $1 AND ${noteField('callId')} = $2`;

/** Whether a revision is a note on a call of which nothing may be said any more. */
export async function isCallErased(
  client: pg.ClientBase,
  orgId: string,
  { docId, fields }: SavedRevision,
): Promise<boolean> {
  if (spaceOf(docId) !== 'notes') return false;
  const { rowCount } = await client.query({
    name: 'is-call-erased',
    text: 'SELECT 1 FROM conversations WHERE org_id = $1 AND id = $2 AND erased IS NOT NULL',
    values: [orgId, text(fields.callId ?? '')],
  });
  return rowCount !== 0;
}

export async function notesOfCall(
  client: pg.ClientBase,
  orgId: OrgId,
  callId: CallId,
): Promise<readonly SavedRevision[]> {
  const { rows } = await client.query<{ payload: string }>({
    name: 'notes-of-call',
    text: `SELECT payload_json AS payload FROM knowledge_revisions WHERE org_id = $1 AND doc_id IN (${NOTES_OF_CALL}) ORDER BY version, place`,
    values: [text(orgId), text(callId)],
  });
  return rows.map(({ payload }) => revisionOf(payload));
}
