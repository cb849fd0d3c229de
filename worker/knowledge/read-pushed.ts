import { z } from 'zod';
import { idSchema } from '#shared/protocol/knowledge-ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import { MAX_DOCUMENT_CHARS, revisionSchema, type SavedRevision } from '#shared/protocol/knowledge.ts';

export type PushedRevision =
  | {
      readonly ok: true;
      readonly revisionId: string;
      readonly docId: string;
      readonly revision: SavedRevision;
    }
  /** `docId` is empty where it was not understood. */
  | { readonly ok: false; readonly revisionId: string; readonly docId: string; readonly message: string };

const namedSchema = z.looseObject({ id: idSchema, docId: z.string().catch('') });

/** One revision as a desk sends it. Throws `input.invalid` where it has no id by which it could be answered (KN33). */
export function readPushed(pushed: unknown): PushedRevision {
  const named = namedSchema.safeParse(pushed);
  if (!named.success)
    throw appError(
      'input.invalid',
      'revisions: one of them has no id by which it could be answered; nothing was taken in.',
    );
  const { id: revisionId, docId } = named.data;
  const parsed = revisionSchema.safeParse(pushed);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const message = `${issue?.path.join('.') ?? 'revision'}: ${issue?.message ?? 'not understood'}`;
    return { ok: false, revisionId, docId, message };
  }
  const message = contradiction(parsed.data);
  return message === null
    ? { ok: true, revisionId, docId, revision: parsed.data }
    : { ok: false, revisionId, docId, message };
}

/** What no schema sees. */
function contradiction({ id, parents, blocks }: SavedRevision): string | null {
  if (parents.includes(id)) return 'parents: a revision does not come from itself';
  if (new Set(parents).size < parents.length) return 'parents: the same one twice';
  if (new Set(blocks.map(block => block.id)).size < blocks.length) return 'blocks: an id stands twice';
  const chars = blocks.reduce((sum, { text }) => sum + text.length, 0);
  return chars > MAX_DOCUMENT_CHARS
    ? `blocks: the text has more than ${String(MAX_DOCUMENT_CHARS)} characters`
    : null;
}
