import type { Database } from '#shared/sqlite/open-database.ts';

/** The size of the copy, and giving space back. What goes first is decided by `sync/keep-small.ts`. */
export class Retention {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Bytes that the copy's rows need; pages that are free count as given back. */
  usedBytes(): number {
    const pages = Number(this.#database.pragma('page_count', { simple: true }));
    const free = Number(this.#database.pragma('freelist_count', { simple: true }));
    return (pages - free) * Number(this.#database.pragma('page_size', { simple: true }));
  }
}
