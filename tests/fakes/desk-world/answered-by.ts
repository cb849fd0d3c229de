import type { SavedRevision } from '#shared/protocol/knowledge.ts';

/** Whether somebody saved the same document again after this revision. `saved` is in the order of saving. */
export const answeredBy = (mine: SavedRevision, saved: ReadonlyMap<string, SavedRevision>): boolean => {
  const order = [...saved.keys()];
  return order.slice(order.indexOf(mine.id) + 1).some(id => saved.get(id)?.docId === mine.docId);
};
