import type { Block } from '#shared/domain/blocks.ts';
import { firstBroken, GENESIS_HASH } from '#shared/domain/audit-chain.ts';
import { descends } from '#shared/domain/knowledge-revision.ts';
import type { KnowledgeConflict, SavedRevision } from '#shared/protocol/knowledge.ts';
import { sha256 } from '#electron/storage/desk-store/audit-ledger.ts';
import { answeredBy } from './answered-by.ts';
import type { DeskWorld } from './desk-world.ts';

/** What is wrong with a world that has come to rest, by KN14, SYN6 and A7's K1 to K6. Empty when it holds. */
export function worldFaults(world: DeskWorld): readonly string[] {
  return [
    ...knowledgeFaults(world),
    ...auditFaults(world),
    ...world.bugs.map(bug => `a bug: ${String(bug)}`),
  ];
}

function knowledgeFaults({ server, desks, saved }: DeskWorld): readonly string[] {
  const found: string[] = [];
  const all = server.database.knowledgeChanges(server.orgId, 0, 100_000);
  const revisions = new Map(all.revisions.map(revision => [revision.id, revision]));
  const heads = new Map(all.documents.map(({ docId, headId }) => [docId, headId]));
  const published = new Map(all.documents.map(({ docId, publishedId }) => [docId, publishedId]));
  const { conflicts } = all;
  const parentsOf = (id: string): readonly string[] | null => revisions.get(id)?.parents ?? null;
  if (revisions.size !== all.revisions.length) found.push('a revision is on the server twice');

  for (const desk of desks) {
    const { knowledgeCache, knowledge } = desk.database.parts;
    for (const [docId, headId] of heads) {
      if (knowledgeCache.doc(docId)?.headId !== headId)
        found.push(`${desk.name} shows another head of ${docId}`);
      if (knowledgeCache.doc(docId)?.publishedId !== published.get(docId))
        found.push(`${desk.name} shows another text of ${docId} as published`);
      if (!knowledgeCache.revision(headId)) found.push(`${desk.name} has not the text of ${docId}`);
      const open = conflicts.filter(one => one.docId === docId && one.resolvedBy === null).length;
      if (knowledge.get(docId).conflicts.length !== open)
        found.push(`${desk.name} shows other conflicts of ${docId}`);
    }
  }
  const refused = new Set(
    desks.flatMap(({ database }) => database.parts.outbox.refused().map(({ revision }) => revision.id)),
  );
  for (const mine of saved.values()) {
    const there = revisions.get(mine.id);
    if (!there) {
      // Kept with its author and shown, or answered by them with a later save of the same document.
      if (!refused.has(mine.id) && !answeredBy(mine, saved)) found.push(`${mine.id} is nowhere`);
      continue;
    }
    if (refused.has(mine.id)) found.push(`${mine.id} is shown as not accepted and is on the server`);
    if (JSON.stringify(there.blocks) !== JSON.stringify(mine.blocks))
      found.push(`${mine.id} is not what was saved`);
    const head = revisions.get(heads.get(mine.docId) ?? '');
    if (!head || !descends(head.id, mine.id, parentsOf)) {
      found.push(`${mine.id} is not in the history of its document`);
      continue;
    }
    found.push(...editFaults(mine, head, revisions, conflicts));
  }
  return found;
}

/** Every block that somebody changed, added or took away is so in the head, named in a conflict, or was replaced knowingly. */
function editFaults(
  mine: SavedRevision,
  head: SavedRevision,
  revisions: ReadonlyMap<string, SavedRevision>,
  conflicts: readonly KnowledgeConflict[],
): readonly string[] {
  const base = revisions.get(mine.parents[0] ?? '');
  const ids = new Set([...(base?.blocks ?? []), ...mine.blocks].map(({ id }) => id));
  return [...ids].flatMap(id => {
    const text = textOf(mine.blocks, id);
    if (textOf(base?.blocks, id) === text || textOf(head.blocks, id) === text) return [];
    // Where a change outlived a deletion, the change is what the conflict names: either side may have come first.
    const isNamed = conflicts.some(
      one => one.docId === mine.docId && one.blockId === id && (one.mine === text || text === null),
    );
    const isReplaced = [...revisions.values()].some(
      later =>
        later.parents.length === 1 &&
        later.docId === mine.docId &&
        textOf(revisions.get(later.parents[0] ?? '')?.blocks, id) === text &&
        textOf(later.blocks, id) !== text,
    );
    return isNamed || isReplaced ? [] : [`${mine.id}: the edit of ${id} is lost`];
  });
}

function auditFaults({ server, desks, facts, goneWithDisk }: DeskWorld): readonly string[] {
  const found: string[] = [];
  const seen = new Map<string, number>();
  for (const [chain, entries] of server.audit) {
    if (chain.endsWith(' 1')) {
      const broken = firstBroken(sha256, { seq: 0, hash: GENESIS_HASH }, entries);
      if (broken !== null) found.push(`the chain ${chain} breaks at ${String(broken)}`);
    }
    for (const { eventId } of entries) seen.set(eventId, (seen.get(eventId) ?? 0) + 1);
  }
  for (const fact of facts) if (!seen.has(fact)) found.push(`the fact ${fact} is nowhere`);
  for (const eventId of seen.keys())
    if (!facts.has(eventId) && !goneWithDisk.has(eventId)) found.push(`the fact ${eventId} is from nowhere`);
  for (const desk of desks)
    if (desk.database.parts.audit.waiting() !== 0) found.push(`${desk.name} still holds facts`);
  return found;
}

const textOf = (blocks: readonly Block[] | undefined, id: string): string | null =>
  blocks?.find(block => block.id === id)?.text ?? null;
