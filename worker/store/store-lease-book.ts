import type { Lease, LeaseBook } from '#shared/adapters/lease-book.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { Store } from './store.ts';

/** Leases in the store: they outlive the process that gave them (SUP11). Its clock has to be steady, or a jump would end them. */
export class StoreLeaseBook implements LeaseBook {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async acquire(
    callId: CallId,
    holder: UserId,
    ttlMs: number,
  ): Promise<{ won: true; lease: Lease } | { won: false; holder: UserId }> {
    const nowMs = this.#clock.now();
    const answer = await this.#store.acquireLease(callId, holder, nowMs, (nowMs + ttlMs) as EpochMs);
    return 'generation' in answer ? { won: true, lease: answer } : { won: false, holder: answer.holder };
  }

  renew(lease: Lease, ttlMs: number): Promise<Lease | null> {
    const nowMs = this.#clock.now();
    return this.#store.renewLease(lease, nowMs, (nowMs + ttlMs) as EpochMs);
  }

  release(lease: Lease): Promise<void> {
    return this.#store.releaseLease(lease);
  }
}
