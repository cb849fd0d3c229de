/** A bundled worker whose desk has died waits so long for another one. */
const ALONE_MS = 60_000;

/**
 * When a bundled worker ends by itself: its desk is gone, and for a minute no desk has been connected (IPC26). Until then its
 * calls go on, and a desk that is opened again finds them.
 */
export class OrphanWatch {
  #aloneSinceMono: number | null = null;
  #orphaned = false;

  orphaned(): void {
    this.#orphaned = true;
  }

  /** @returns whether it is time to end */
  look(nowMono: number, desks: number): boolean {
    if (!this.#orphaned || desks > 0) {
      this.#aloneSinceMono = null;
      return false;
    }
    this.#aloneSinceMono ??= nowMono;
    return nowMono - this.#aloneSinceMono >= ALONE_MS;
  }
}
