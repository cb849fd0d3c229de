import type { Block } from './blocks.ts';

/** What two people did to one block, of which only one can stand. `null` is: not there. */
export interface MergeConflict {
  readonly blockId: string;
  readonly base: string | null;
  /** What stands. */
  readonly head: string | null;
  /** What was wanted and does not stand. */
  readonly mine: string | null;
}

export interface Merged {
  readonly blocks: readonly Block[];
  readonly conflicts: readonly MergeConflict[];
}

/**
 * Three versions of a document into one: what everybody had (`base`), what stands now (`head`), what somebody wants (`mine`).
 * Total; the order of blocks follows the head where both moved (KN3-KN5, KN7).
 */
export function mergeBlocks(base: readonly Block[], head: readonly Block[], mine: readonly Block[]): Merged {
  const baseTexts = textsOf(base);
  const headTexts = textsOf(head);
  const mineTexts = textsOf(mine);
  const conflicts: MergeConflict[] = [];
  const kept = new Map<string, string>();
  for (const id of new Set([...headTexts.keys(), ...mineTexts.keys(), ...baseTexts.keys()])) {
    const versions = {
      base: baseTexts.get(id) ?? null,
      head: headTexts.get(id) ?? null,
      mine: mineTexts.get(id) ?? null,
    };
    const { text, isConflict } = mergeText(versions);
    if (isConflict) conflicts.push({ blockId: id, ...versions, head: text });
    if (text !== null) kept.set(id, text);
  }
  const order = mergeOrder(idsOf(base), idsOf(head), idsOf(mine), kept);
  return { blocks: order.map(id => ({ id, text: kept.get(id) ?? '' })), conflicts };
}

interface Versions {
  readonly base: string | null;
  readonly head: string | null;
  readonly mine: string | null;
}

function mergeText({ base, head, mine }: Versions): {
  readonly text: string | null;
  readonly isConflict: boolean;
} {
  if (head === mine || mine === base) return { text: head, isConflict: false };
  if (head === base) return { text: mine, isConflict: false };
  // A change outlives a deletion: what was thrown away can be thrown away again, what was written cannot be written again.
  return { text: head ?? mine, isConflict: true };
}

/** Fields of a document, such as its title: each merges on its own, and an absent one is `null` (KN6). */
export function mergeFields(
  base: Readonly<Record<string, string>>,
  head: Readonly<Record<string, string>>,
  mine: Readonly<Record<string, string>>,
): { readonly fields: Readonly<Record<string, string>>; readonly conflicts: readonly MergeConflict[] } {
  const asBlocks = (fields: Readonly<Record<string, string>>): readonly Block[] =>
    Object.entries(fields).map(([id, text]) => ({ id, text }));
  const { blocks, conflicts } = mergeBlocks(asBlocks(base), asBlocks(head), asBlocks(mine));
  return { fields: Object.fromEntries(blocks.map(({ id, text }) => [id, text])), conflicts };
}

/**
 * The head's order with what only `mine` has put behind its neighbour there; or the other way round when only `mine` moved
 * what both have.
 */
function mergeOrder(
  base: readonly string[],
  head: readonly string[],
  mine: readonly string[],
  kept: ReadonlyMap<string, string>,
): readonly string[] {
  const inBase = new Set(base);
  const common = new Set(head.filter(id => inBase.has(id) && mine.includes(id)));
  const inOrder = (ids: readonly string[]): string => JSON.stringify(ids.filter(id => common.has(id)));
  const onlyMineMoved = inOrder(head) === inOrder(base) && inOrder(mine) !== inOrder(base);
  const [spine, guest] = onlyMineMoved ? [mine, head] : [head, mine];
  const order = spine.filter(id => kept.has(id));
  const placed = new Set(order);
  // In the guest's order, so that each finds the neighbour before it already placed.
  guest.forEach((id, at) => {
    if (placed.has(id) || !kept.has(id)) return;
    const neighbour = guest.slice(0, at).findLast(before => placed.has(before));
    order.splice(neighbour === undefined ? 0 : order.indexOf(neighbour) + 1, 0, id);
    placed.add(id);
  });
  return order;
}

const textsOf = (blocks: readonly Block[]): ReadonlyMap<string, string> =>
  new Map(blocks.map(({ id, text }) => [id, text]));
const idsOf = (blocks: readonly Block[]): readonly string[] => blocks.map(({ id }) => id);
