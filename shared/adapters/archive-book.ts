import type { ArchiveFacets, ArchiveHit, ArchiveQuery } from '#shared/domain/archive.ts';
import type { ListedCall } from '#shared/domain/call-list.ts';
import type { OrgId } from '#shared/domain/ids.ts';

export interface ArchivedCall {
  readonly call: ListedCall;
  readonly hits: readonly ArchiveHit[];
}

/** Full text over what was said, decided and done on the calls of an org. Rejects with `storage.*`. */
export interface ArchiveBook {
  /** Newest first. An event can be found as soon as its append resolves. */
  searchArchive(orgId: OrgId, query: ArchiveQuery): Promise<readonly ArchivedCall[]>;
  archiveFacets(orgId: OrgId): Promise<ArchiveFacets>;
}
