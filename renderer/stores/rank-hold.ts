/** Order of the floor that waits: cards do not move under the pointer. */
export interface RankHold {
  readonly shown: readonly string[];
  /** Since when another order is due; null when `shown` is the order. */
  readonly staleSinceMs: number | null;
}

/** A pointer that rests on the list may keep an order back for this long. */
export const RANK_HOLD_MS = 3_000;

export const EMPTY_HOLD: RankHold = { shown: [], staleSinceMs: null };

/**
 * One look at the wanted order. Calls that are new are added at the end and calls that are gone leave at once, because
 * neither moves what is under the pointer; a changed order waits until the pointer leaves or 3 s pass (UI5).
 */
export function holdRank(
  before: RankHold,
  wanted: readonly string[],
  pointerInside: boolean,
  nowMs: number,
): RankHold {
  if (before.staleSinceMs === null && same(before.shown, wanted)) return before;
  const wantedIds = new Set(wanted);
  const shownIds = new Set(before.shown);
  const kept = before.shown.filter(id => wantedIds.has(id));
  const added = wanted.filter(id => !shownIds.has(id));
  const shown = [...kept, ...added];
  if (same(shown, wanted))
    return same(before.shown, wanted) && before.staleSinceMs === null
      ? before
      : { shown: wanted, staleSinceMs: null };
  const staleSinceMs = before.staleSinceMs ?? nowMs;
  const due = !pointerInside || nowMs - staleSinceMs >= RANK_HOLD_MS;
  if (due) return { shown: wanted, staleSinceMs: null };
  return same(before.shown, shown) && before.staleSinceMs === staleSinceMs ? before : { shown, staleSinceMs };
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, at) => id === b[at]);
