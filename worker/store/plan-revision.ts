import type { KnowledgeWriter, RevisionAnswer } from '#shared/adapters/knowledge-book.ts';
import { noteProblem } from '#shared/domain/call-note.ts';
import { spaceOf } from '#shared/domain/document-space.ts';
import { acceptRevision, WHOLE_DOCUMENT, type Revision } from '#shared/domain/knowledge-revision.ts';
import type { MergeConflict } from '#shared/domain/merge-blocks.ts';
import type { KnowledgeConflict, SavedRevision } from '#shared/protocol/knowledge.ts';

/** The device of merges: the worker itself. */
export const WORKER_DEVICE = 'worker';
/** However long a history is, the writer of a block is looked for only so far back. */
const MAX_STEPS_BACK = 50;

type Writer = Pick<SavedRevision, 'author' | 'savedAtMs'>;

/** What is known when a revision arrives; read while the org's counter is held. */
export interface RevisionStanding {
  /** The revision with this id, of whichever document. */
  readonly known: SavedRevision | null;
  readonly head: SavedRevision | null;
  /** The first parent, as a revision of this document. */
  readonly base: SavedRevision | null;
  /** Whether every parent is a revision of this document. */
  readonly hasParents: boolean;
  /** Conflicts of this document that are open. */
  readonly openConflicts: readonly string[];
  /** It is a note, and the words or the caller of its call were erased. */
  readonly isCallErased: boolean;
}

/** What has to be written for a revision. */
export type RevisionPlan =
  | { readonly answer: RevisionAnswer; readonly write: null }
  | {
      readonly answer: RevisionAnswer;
      readonly write: {
        /** The revision itself, then the merge made of it: parents before children. */
        readonly revisions: readonly SavedRevision[];
        readonly head: SavedRevision;
        /** Still without the writer of the text that stands: `writerOf` finds them. */
        readonly conflicts: readonly KnowledgeConflict[];
        readonly settles: readonly string[];
      };
    };

/** What becomes of a revision, for every book alike. Pure (KN16, KN19, KN22). */
export function planRevision(
  arrived: SavedRevision,
  standing: RevisionStanding,
  { name, atMs }: Pick<KnowledgeWriter, 'name' | 'atMs'>,
  newId: () => string,
): RevisionPlan {
  const revision: SavedRevision = { ...arrived, author: name.slice(0, 64) };
  const { known, head, base } = standing;
  const refused = (
    reason: 'unknown-parent' | 'already-exists' | 'invalid',
    message: string,
  ): RevisionPlan => ({
    answer: { revisionId: revision.id, outcome: 'refused', reason, message },
    write: null,
  });
  // Before everything else: what an erasure has left is another text under a known id, and that is not the reason.
  const problem =
    spaceOf(revision.docId) === 'notes' ? noteProblem(revision, head, standing.isCallErased) : null;
  if (problem !== null) return refused('invalid', problem);
  if (known && contentOf(known) !== contentOf(revision))
    return refused('invalid', 'Another revision has this id. Save the text again.');
  if (!known && !standing.hasParents) return refused('unknown-parent', MESSAGES['unknown-parent']);
  const accepted = acceptRevision(revision, { head, base, isKnown: known !== null }, newId);
  switch (accepted.outcome) {
    case 'duplicate':
      return { answer: { revisionId: revision.id, outcome: 'duplicate' }, write: null };
    case 'refused':
      return refused(accepted.reason, MESSAGES[accepted.reason]);
    case 'forwarded':
      return {
        answer: { revisionId: revision.id, outcome: 'forwarded' },
        write: { revisions: [revision], head: revision, conflicts: [], settles: settled(revision, standing) },
      };
    case 'merged': {
      const merge: SavedRevision = {
        ...asRevision(accepted.head),
        deviceId: WORKER_DEVICE,
        savedAtMs: Math.max(0, Math.round(atMs)),
        note: '',
        resolves: [],
      };
      const conflicts = accepted.conflicts.map(one => conflictOf(one, newId(), revision, head ?? revision));
      return {
        answer: {
          revisionId: revision.id,
          outcome: 'merged',
          headId: merge.id,
          conflicts: conflicts.map(({ id }) => id),
        },
        write: { revisions: [revision, merge], head: merge, conflicts, settles: settled(revision, standing) },
      };
    }
  }
}

const MESSAGES = {
  'unknown-parent': 'The worker does not have the text that this one was made from.',
  'already-exists': 'There is a document with this id already.',
} as const;

const settled = ({ resolves }: SavedRevision, { openConflicts }: RevisionStanding): readonly string[] =>
  openConflicts.filter(id => resolves.includes(id));

/** `fields` of the pure core are a plain record; they come from parsed fields alone. */
const asRevision = ({ parents, blocks, fields, ...rest }: Revision) => ({
  ...rest,
  parents: [...parents],
  blocks: [...blocks],
  fields: fields as SavedRevision['fields'],
});

/** What an author said; two revisions of one id must agree in it. */
function contentOf({ docId, parents, blocks, fields, isDeleted }: SavedRevision): string {
  const sorted = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([docId, parents, blocks.map(({ id, text }) => [id, text]), sorted, isDeleted]);
}

function conflictOf(
  { blockId, base, head, mine }: MergeConflict,
  id: string,
  revision: SavedRevision,
  standing: SavedRevision,
): KnowledgeConflict {
  return {
    id,
    docId: revision.docId,
    blockId,
    base,
    head,
    mine,
    headAuthor: standing.author,
    mineAuthor: revision.author,
    headAtMs: standing.savedAtMs,
    mineAtMs: revision.savedAtMs,
    mineRevisionId: revision.id,
    resolvedBy: null,
  };
}

/** Text of a block or field in a revision, `@document` for the document itself; null where it is not there. */
function textIn({ blocks, fields, isDeleted }: SavedRevision, blockId: string): string | null {
  if (blockId === WHOLE_DOCUMENT) return isDeleted ? 'deleted' : 'kept';
  return (
    blocks.find(({ id }) => id === blockId)?.text ??
    (fields as Readonly<Record<string, string | undefined>>)[blockId] ??
    null
  );
}

/**
 * Who wrote what stands in a conflict: back along the history for as long as the text is the same. A merge has the author of what
 * was merged last, who need not have touched the block. Asks for revisions by id, so that it serves a store that answers at once and
 * one that does not.
 */
export function* writerOf(
  blockId: string,
  head: SavedRevision,
): Generator<string, Writer, SavedRevision | null> {
  let writer = head;
  const text = textIn(head, blockId);
  for (let step = 0; step < MAX_STEPS_BACK; step += 1) {
    let before: SavedRevision | null = null;
    for (const parent of writer.parents) {
      const one = yield parent;
      if (before === null && one && textIn(one, blockId) === text) before = one;
    }
    if (before === null) break;
    writer = before;
  }
  return writer;
}

/** A conflict with the writer of what stands. */
export const writtenBy = (conflict: KnowledgeConflict, writer: Writer): KnowledgeConflict => ({
  ...conflict,
  headAuthor: writer.author,
  headAtMs: writer.savedAtMs,
});
