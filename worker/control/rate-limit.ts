/** Addresses that are remembered at a time; the one that asked first is forgotten first. */
const MAX_ADDRESSES = 10_000;

/** So many requests of one address in a sliding window. */
export class RateLimit {
  readonly #limit: { readonly count: number; readonly windowMs: number };
  readonly #askedMono = new Map<string, readonly number[]>();

  constructor(limit: { readonly count: number; readonly windowMs: number }) {
    this.#limit = limit;
  }

  /** Counts one request. @returns false when it is one too many; that one does not count */
  take(address: string, nowMono: number): boolean {
    const { count, windowMs } = this.#limit;
    const recent = (this.#askedMono.get(address) ?? []).filter(atMono => atMono > nowMono - windowMs);
    const allowed = recent.length < count;
    this.#askedMono.delete(address);
    this.#askedMono.set(address, allowed ? [...recent, nowMono] : recent);
    const oldest = this.#askedMono.keys().next();
    if (this.#askedMono.size > MAX_ADDRESSES && !oldest.done) this.#askedMono.delete(oldest.value);
    return allowed;
  }

  /** What was counted of this address does not count any more. */
  forget(address: string): void {
    this.#askedMono.delete(address);
  }
}
