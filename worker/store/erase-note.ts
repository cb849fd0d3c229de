import type { KnowledgeWriter } from '#shared/adapters/knowledge-book.ts';
import type { UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { isErasedNote } from '#shared/domain/call-note.ts';
import { withoutWords } from '#shared/domain/erased-note.ts';
import type { SavedRevision } from '#shared/protocol/knowledge.ts';
import { WORKER_DEVICE } from './plan-revision.ts';

/** Nobody writes what an erasure leaves. */
export const eraser = (atMs: EpochMs): KnowledgeWriter => ({ userId: '' as UserId, name: '', atMs });

/** The revision under which a note stands without words; null where it stands so already. Pure (NOT11). */
export function erasedHead(
  head: SavedRevision,
  openConflicts: readonly string[],
  newId: () => string,
  atMs: EpochMs,
): SavedRevision | null {
  if (isErasedNote(head)) return null;
  return {
    ...withoutWords(head),
    id: newId(),
    parents: [head.id],
    deviceId: WORKER_DEVICE,
    savedAtMs: Math.max(0, Math.round(atMs)),
    isDeleted: true,
    // A revision names a bounded number of them; what is left of the others holds no words either.
    resolves: openConflicts.slice(0, 100),
  };
}
