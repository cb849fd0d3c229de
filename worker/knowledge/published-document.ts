import { joinBlocks } from '#shared/domain/blocks.ts';
import type { SavedRevision } from '#shared/protocol/knowledge.ts';
import type { KnowledgeDocument } from './document.ts';

/** Times of a desk are for people; what no calendar knows is shown as this. Milliseconds since 1970; the year 2100. */
const LAST_DAY_MS = 4_102_444_800_000;

/** Whether a published revision takes its document out of the answers (KN20). */
export const isWithdrawn = ({ isDeleted, fields }: SavedRevision): boolean =>
  isDeleted || fields.stage === 'archived';

/** Phrases of an objection, parted by `;`. */
const phrasesOf = (heard: string | undefined): string[] =>
  (heard ?? '')
    .split(';')
    .map(phrase => phrase.trim())
    .filter(phrase => phrase !== '');

/** What the AI answers from when this revision is published. */
export function documentOf(revision: SavedRevision): KnowledgeDocument {
  const { id, docId, fields, blocks, author, savedAtMs } = revision;
  return {
    id: docId,
    title: fields.title ?? docId,
    status: 'approved',
    owner: fields.ownerId ?? author,
    approvedOn: new Date(Math.min(savedAtMs, LAST_DAY_MS)).toISOString().slice(0, 10),
    kind: fields.kind === 'objection' ? 'objection' : 'fact',
    heard: phrasesOf(fields.heard),
    body: joinBlocks(blocks.map(({ text }) => text)),
    revisionId: id,
  };
}

/** Why nobody could be answered from this revision, in words for its author; `null` where it may be published (RET22). */
export function publishingProblem(revision: SavedRevision): string | null {
  if (isWithdrawn(revision)) return null;
  const { body, kind, heard } = documentOf(revision);
  if (body.trim() === '') return 'The document has no text. Write it, or delete the document.';
  if (kind === 'objection' && heard.length === 0)
    return 'An objection names what callers say. Fill in “heard”.';
  return null;
}
