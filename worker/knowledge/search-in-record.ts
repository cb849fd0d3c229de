import type { PassageVectors } from '#shared/adapters/passage-vectors.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import type { KnowledgeSnapshot } from './knowledge-snapshot.ts';

/**
 * Below it memory is quicker than any way to a database: 4 ms for 10,000 passages. Above, the search would hold up the calls of this
 * process: 40 ms and more for 100,000. Source: research/sync.md B2, B6.
 */
export const LARGE_PASSAGES = 20_000;

export interface SearchInRecordDeps {
  /** `null` where the database does not search vectors, or is away. */
  readonly vectors: () => PassageVectors | null;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  readonly largePassages?: number;
}

/** Puts the vectors of a large snapshot into the team's database and has them searched there (RET28). Never rejects. */
export async function searchInRecord(
  { vectors, clock, onError, largePassages = LARGE_PASSAGES }: SearchInRecordDeps,
  orgId: OrgId,
  snapshot: KnowledgeSnapshot,
): Promise<void> {
  const there = vectors();
  if (!there || snapshot.passageCount < largePassages) return;
  const { snapshotId, embedder, passages } = snapshot;
  const docIds = passages.map(({ document }) => document.id);
  try {
    await there.keepVectors(
      orgId,
      { snapshotId, model: embedder.model, docIds, vectors: snapshot.vectors },
      clock.now(),
    );
    snapshot.lookElsewhere(
      async (query, limit) => (await vectors()?.nearestVectors(orgId, snapshotId, query, limit)) ?? null,
    );
  } catch (error) {
    onError(error);
  }
}
