/** Damps the difference between first places. Source: Cormack, Clarke and Buettcher 2009. */
const RANK_CONSTANT = 60;

/**
 * Fuses rankings of the same things by their places alone, because scores of different searches cannot be compared.
 * @returns every thing that stands in a ranking, best first; equal ones in the order they first appear
 */
export function reciprocalRank<Item>(rankings: readonly (readonly Item[])[]): readonly Item[] {
  const scores = new Map<Item, number>();
  for (const ranking of rankings) {
    for (const [place, item] of ranking.entries())
      scores.set(item, (scores.get(item) ?? 0) + 1 / (RANK_CONSTANT + place + 1));
  }
  return [...scores].sort((a, b) => b[1] - a[1]).map(([item]) => item);
}
