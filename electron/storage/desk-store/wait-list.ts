import type { SyncStatus } from '#shared/ipc/sync-status.ts';
import { isNote } from '#shared/domain/document-space.ts';
import type { SavedRevision } from '#shared/protocol/knowledge.ts';
import type { AuditLedger } from './audit-ledger.ts';
import type { CallNotes } from './call-notes.ts';
import type { KnowledgeCache } from './knowledge-cache.ts';
import type { KnowledgeDesk } from './knowledge-desk.ts';
import type { Outbox } from './outbox.ts';

const MOST_SHOWN = 50;

export interface WaitList extends Pick<SyncStatus, 'waiting' | 'waits' | 'refused'> {
  /** Documents with open conflicts. */
  readonly conflicts: number;
}

/** The parts of the store that know of something that waits. */
interface WaitParts {
  readonly outbox: Outbox;
  readonly knowledge: KnowledgeDesk;
  readonly notes: CallNotes;
  readonly audit: AuditLedger;
  readonly knowledgeCache: KnowledgeCache;
}

/** What this desk has that the worker has not, for people (DST50). */
export function waitList({ outbox, knowledge, notes, audit, knowledgeCache }: WaitParts): WaitList {
  const titleOf = (revision: SavedRevision): string =>
    isNote(revision.docId) ? notes.titleOf(revision) : knowledge.titleOf(revision.docId);
  const saved = outbox.waiting(Number.MAX_SAFE_INTEGER);
  const facts = audit.waiting();
  const factsSinceMs = audit.oldestWaitingMs();
  const waits: SyncStatus['waits'] = saved.slice(0, MOST_SHOWN).map(({ revision, savedAtMs }) => ({
    id: revision.id,
    what: isNote(revision.docId) ? 'note' : 'knowledge',
    title: titleOf(revision),
    sinceMs: savedAtMs,
  }));
  if (facts > 0 && factsSinceMs !== null && waits.length < MOST_SHOWN)
    waits.push({
      id: 'audit',
      what: 'audit',
      title: facts === 1 ? '1 audit entry' : `${String(facts)} audit entries`,
      sinceMs: factsSinceMs,
    });
  return {
    // Audit entries follow from what people do here; they are told, and are no changes of theirs.
    waiting: saved.length,
    waits,
    refused: outbox.refused().map(({ revision, message, settledAtMs, savedAtMs }) => ({
      id: revision.id,
      docId: revision.docId,
      title: titleOf(revision),
      reason: message ?? '',
      atMs: settledAtMs ?? savedAtMs,
    })),
    conflicts: knowledgeCache.conflictCounts().size,
  };
}
