import type { OrgId } from '../domain/ids.ts';
import type { EpochMs } from '../domain/units.ts';
import type { VectorMatch } from './vector-index.ts';

/** The vectors of one snapshot, in the order of its passages. */
export interface PassageVectorSet {
  readonly snapshotId: string;
  readonly model: string;
  readonly docIds: readonly string[];
  readonly vectors: readonly Float32Array[];
}

/** Vectors of published passages in a database that searches them itself. Rejects with `storage.*`. */
export interface PassageVectors {
  /** Whole or not at all, in place of those of other snapshots of the org. The same again changes nothing. */
  keepVectors(orgId: OrgId, set: PassageVectorSet, atMs: EpochMs): Promise<void>;
  /** As `VectorIndex.nearest`; `null` where this snapshot is not, or no longer, there. */
  nearestVectors(
    orgId: OrgId,
    snapshotId: string,
    query: Float32Array,
    limit: number,
  ): Promise<readonly VectorMatch[] | null>;
}
