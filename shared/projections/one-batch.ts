/** Copies made in the running batch. Nobody else has seen them yet, so the next event may change them in place. */
let owned: WeakSet<object> | null = null;

/**
 * Runs a fold over many events, in which records and lists are copied once instead of once per event: without it, reading a log
 * costs the square of its length. What it is given stays as it is; what comes out must be used only after it has returned.
 */
export function inOneBatch<Result>(fold: () => Result): Result {
  if (owned) return fold();
  owned = new WeakSet();
  try {
    return fold();
  } finally {
    owned = null;
  }
}

/** The record with this value under this key. */
export function withKey<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
  value: Value,
): Readonly<Record<string, Value>> {
  // A key may be the name of something that every object has: defined, it is only a key.
  if (!owned?.has(record)) return kept({ ...record, [key]: value });
  Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
  return record;
}

/** The list with `deleteCount` items at `at` replaced by the given ones, as `Array.prototype.toSpliced`. */
export function withSplice<Item>(
  list: readonly Item[],
  at: number,
  deleteCount: number,
  ...items: readonly Item[]
): readonly Item[] {
  const own = owned?.has(list) ? (list as Item[]) : kept([...list]);
  own.splice(at, deleteCount, ...items);
  return own;
}

function kept<Copy extends object>(copy: Copy): Copy {
  owned?.add(copy);
  return copy;
}
