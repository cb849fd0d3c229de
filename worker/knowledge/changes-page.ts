import type { KnowledgeChanges } from '#shared/protocol/knowledge.ts';

/** A page that a desk takes within its 10 s on a slow line (SYN21), and that costs a worker no memory worth speaking of. */
export const MAX_PAGE_CHARS = 2 * 1024 * 1024;
/** The first read; while what comes is small, each is twice the one before. */
const FIRST_CHANGES = 8;

/**
 * A page that ends at so many changes or so many characters, whatever comes first, and holds at least one change (KN18). Read in steps,
 * so that large documents are never read all at once to be sent away again.
 */
export async function changesPage(
  read: (after: number, limit: number) => Promise<KnowledgeChanges>,
  after: number,
  limit: number,
  maxChars = MAX_PAGE_CHARS,
): Promise<KnowledgeChanges> {
  let asked = Math.min(limit, FIRST_CHANGES);
  let page = await read(after, asked);
  // A step that is too large already: its changes one by one.
  if (asked > 1 && charsOf(page) > maxChars) {
    asked = 1;
    page = await read(after, asked);
  }
  for (let step = asked; page.hasMore && asked < limit; asked += step) {
    step = Math.min(asked === 1 ? 1 : step * 2, limit - asked);
    const next = joined(page, await read(page.version, step));
    if (charsOf(next) > maxChars) break;
    page = next;
  }
  return page;
}

const charsOf = (page: KnowledgeChanges): number => JSON.stringify(page).length;

/** Both as one page: a document that is in both stands as the later one tells. */
function joined(one: KnowledgeChanges, next: KnowledgeChanges): KnowledgeChanges {
  const docs = new Set(next.documents.map(({ docId }) => docId));
  const revisions = new Set(one.revisions.map(({ id }) => id));
  const conflicts = new Set(next.conflicts.map(({ id }) => id));
  return {
    version: next.version,
    hasMore: next.hasMore,
    documents: [...one.documents.filter(({ docId }) => !docs.has(docId)), ...next.documents],
    revisions: [...one.revisions, ...next.revisions.filter(({ id }) => !revisions.has(id))],
    conflicts: [...one.conflicts.filter(({ id }) => !conflicts.has(id)), ...next.conflicts],
  };
}
