const WINDOW_MS = 60_000;
const MOST = 3;

/** How often something may be started again by itself: three times a minute, then a person decides (SHL5). */
export class RestartBudget {
  #startedMs: readonly number[] = [];

  /** @returns whether it may be started again now */
  take(nowMs: number): boolean {
    this.#startedMs = this.#startedMs.filter(at => nowMs - at < WINDOW_MS);
    if (this.#startedMs.length >= MOST) return false;
    this.#startedMs = [...this.#startedMs, nowMs];
    return true;
  }
}
