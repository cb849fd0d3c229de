import type { CallId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';

/** The right to be the one human on a call. */
export interface Lease {
  readonly callId: CallId;
  readonly holder: UserId;
  /** Raised by each new holder; a stale holder's renewals fail. */
  readonly generation: number;
  readonly expiresAtMs: EpochMs;
}

/** Compare-and-set with expiry, in the store. One holder per call at any time. */
export interface LeaseBook {
  /** @returns the lease, or the holder who has it */
  acquire(
    callId: CallId,
    holder: UserId,
    ttlMs: number,
  ): Promise<{ won: true; lease: Lease } | { won: false; holder: UserId }>;
  /** @returns `null` when the lease has expired or belongs to somebody else */
  renew(lease: Lease, ttlMs: number): Promise<Lease | null>;
  release(lease: Lease): Promise<void>;
}
