import type { Journal } from '#shared/adapters/journal.ts';
import type { ArchivePage, ArchiveQuery } from '#shared/domain/archive.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import type { Store } from '#worker/store/store.ts';
import { signedIn } from './signed-in.ts';

interface ArchiveDeps {
  readonly store: Store;
  readonly journal: Journal;
}

/** The routes of `archive-routes.ts`. `known` refuses a call that is not of the actor's org. */
export function archiveHandlers(
  { store, journal }: ArchiveDeps,
  _known: (actor: Actor | null, id: string) => Promise<CallId>,
) {
  return {
    archive: async ({ query, actor }: { query: ArchiveQuery; actor: Actor | null }): Promise<ArchivePage> => {
      // What was said this moment is found too.
      await journal.durable(journal.head);
      const found = await store.searchArchive(signedIn(actor).orgId, { ...query, limit: query.limit + 1 });
      return {
        calls: found.slice(0, query.limit).map(({ call, hits }) => ({ call, hits: [...hits] })),
        hasMore: found.length > query.limit,
      };
    },
    archiveFacets: ({ actor }: { actor: Actor | null }) => store.archiveFacets(signedIn(actor).orgId),
  };
}
