import type { Lease, LeaseBook } from '#shared/adapters/lease-book.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';

/** Leases in memory, with the store's rules. */
export class MemoryLeaseBook implements LeaseBook {
  readonly #leases = new Map<CallId, Lease>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  acquire(
    callId: CallId,
    holder: UserId,
    ttlMs: number,
  ): Promise<{ won: true; lease: Lease } | { won: false; holder: UserId }> {
    const known = this.#leases.get(callId);
    const nowMs = this.#clock.now();
    if (known && known.holder !== holder && known.expiresAtMs > nowMs)
      return Promise.resolve({ won: false, holder: known.holder });
    const lease: Lease = {
      callId,
      holder,
      generation: (known?.generation ?? 0) + 1,
      expiresAtMs: (nowMs + ttlMs) as EpochMs,
    };
    this.#leases.set(callId, lease);
    return Promise.resolve({ won: true, lease });
  }

  renew(lease: Lease, ttlMs: number): Promise<Lease | null> {
    const known = this.#leases.get(lease.callId);
    if (known?.generation !== lease.generation || known.expiresAtMs <= this.#clock.now())
      return Promise.resolve(null);
    const renewed = { ...known, expiresAtMs: (this.#clock.now() + ttlMs) as EpochMs };
    this.#leases.set(lease.callId, renewed);
    return Promise.resolve(renewed);
  }

  release(lease: Lease): Promise<void> {
    if (this.#leases.get(lease.callId)?.generation === lease.generation) this.#leases.delete(lease.callId);
    return Promise.resolve();
  }
}
