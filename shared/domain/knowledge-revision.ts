import type { Block } from './blocks.ts';
import { mergeBlocks, mergeFields, type MergeConflict } from './merge-blocks.ts';

/** One saved version of a document; never changed afterwards. */
export interface Revision {
  readonly id: string;
  readonly docId: string;
  /** What the author was looking at, and for a merge also what was merged; none for a new document. */
  readonly parents: readonly string[];
  readonly author: string;
  readonly blocks: readonly Block[];
  readonly fields: Readonly<Record<string, string>>;
  readonly isDeleted: boolean;
}

/** The name under which a conflict speaks of the document itself. */
export const WHOLE_DOCUMENT = '@document';

export type Acceptance =
  | { readonly outcome: 'duplicate' }
  /** The revision is the head now. */
  | { readonly outcome: 'forwarded'; readonly head: Revision }
  /** `head` is a new revision made of the old head and this one. */
  | { readonly outcome: 'merged'; readonly head: Revision; readonly conflicts: readonly MergeConflict[] }
  | { readonly outcome: 'refused'; readonly reason: 'unknown-parent' | 'already-exists' };

export interface Standing {
  /** The document's head; `null` where there is no such document. */
  readonly head: Revision | null;
  /** The revision's first parent; `null` where it names none or nobody has it. */
  readonly base: Revision | null;
  /** Whether the revision is known already. */
  readonly isKnown: boolean;
}

/** What becomes of a document when a revision arrives. Pure; whoever calls it holds the document's row (KN10-KN13). */
export function acceptRevision(revision: Revision, standing: Standing, newId: () => string): Acceptance {
  const { head, base, isKnown } = standing;
  if (isKnown) return { outcome: 'duplicate' };
  const [parent] = revision.parents;
  if (parent === undefined)
    return head === null
      ? { outcome: 'forwarded', head: revision }
      : { outcome: 'refused', reason: 'already-exists' };
  if (!head || !base) return { outcome: 'refused', reason: 'unknown-parent' };
  if (parent === head.id) return { outcome: 'forwarded', head: revision };
  return merge(base, head, revision, newId());
}

function merge(base: Revision, head: Revision, mine: Revision, id: string): Acceptance {
  const blocks = mergeBlocks(base.blocks, head.blocks, mine.blocks);
  const fields = mergeFields(base.fields, head.fields, mine.fields);
  const deletion = mergeDeletion(base, head, mine);
  return {
    outcome: 'merged',
    head: {
      id,
      docId: head.docId,
      parents: [head.id, mine.id],
      author: mine.author,
      blocks: blocks.blocks,
      fields: fields.fields,
      isDeleted: deletion.isDeleted,
    },
    conflicts: [...deletion.conflicts, ...blocks.conflicts, ...fields.conflicts],
  };
}

function mergeDeletion(
  base: Revision,
  head: Revision,
  mine: Revision,
): { readonly isDeleted: boolean; readonly conflicts: readonly MergeConflict[] } {
  if (head.isDeleted === mine.isDeleted) return { isDeleted: head.isDeleted, conflicts: [] };
  // One side brought it back: that is kept.
  if (base.isDeleted) return { isDeleted: false, conflicts: [] };
  if (isSame(head.isDeleted ? mine : head, base)) return { isDeleted: true, conflicts: [] };
  const words = ({ isDeleted }: Revision): string => (isDeleted ? 'deleted' : 'kept');
  return {
    isDeleted: false,
    conflicts: [{ blockId: WHOLE_DOCUMENT, base: words(base), head: 'kept', mine: words(mine) }],
  };
}

const isSame = (a: Revision, b: Revision): boolean =>
  JSON.stringify([a.blocks, sorted(a.fields)]) === JSON.stringify([b.blocks, sorted(b.fields)]);
const sorted = (fields: Readonly<Record<string, string>>): unknown =>
  Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));

export type PublishRefusal = 'open-conflict' | 'not-later' | 'unknown';

/**
 * Whether `revision` may become what the AI answers from (KN15). @returns why not, or `null`
 * `parentsOf` gives the parents of a known revision, `null` for an unknown one.
 */
export function publishProblem(
  revision: string,
  published: string | null,
  openConflicts: number,
  parentsOf: (id: string) => readonly string[] | null,
): PublishRefusal | null {
  if (parentsOf(revision) === null) return 'unknown';
  if (openConflicts > 0) return 'open-conflict';
  if (published === null || descends(revision, published, parentsOf)) return null;
  return 'not-later';
}

/** Whether `later` is `earlier` or comes from it. */
export function descends(
  later: string,
  earlier: string,
  parentsOf: (id: string) => readonly string[] | null,
): boolean {
  const seen = new Set<string>();
  const open = [later];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === earlier) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(parentsOf(id) ?? []));
  }
  return false;
}
