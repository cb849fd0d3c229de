import type { Lease } from '#shared/adapters/lease-book.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { guarded, type Database } from '#shared/sqlite/open-database.ts';
import type { Store } from '../store.ts';
import type { LEASE_METHODS } from './store-methods.ts';
import type { Synchronous } from './synchronous.ts';

/** The part of the worker's database that says who holds a call. Throws `storage.*`. */
export class SqliteLeases implements Synchronous<Pick<Store, (typeof LEASE_METHODS)[number]>> {
  readonly #tables: Database;

  constructor(tables: Database) {
    this.#tables = tables;
  }

  acquireLease(
    callId: CallId,
    holder: UserId,
    nowMs: EpochMs,
    expiresAtMs: EpochMs,
  ): Lease | { readonly holder: UserId } {
    return guarded(() => {
      const won = this.#tables
        .prepare(
          `INSERT INTO leases (call_id, holder, generation, expires_at) VALUES (?, ?, 1, ?)
           ON CONFLICT (call_id) DO UPDATE SET holder = excluded.holder, generation = generation + 1, expires_at = excluded.expires_at
           WHERE leases.expires_at <= ? OR leases.holder = excluded.holder RETURNING generation`,
        )
        .pluck()
        .get(callId, holder, expiresAtMs, nowMs) as number | undefined;
      if (won !== undefined) return { callId, holder, generation: won, expiresAtMs };
      const other = this.#tables
        .prepare('SELECT holder FROM leases WHERE call_id = ?')
        .pluck()
        .get(callId) as UserId;
      return { holder: other };
    });
  }

  renewLease(lease: Lease, nowMs: EpochMs, expiresAtMs: EpochMs): Lease | null {
    return guarded(() => {
      const { changes } = this.#tables
        .prepare(
          'UPDATE leases SET expires_at = ? WHERE call_id = ? AND holder = ? AND generation = ? AND expires_at > ?',
        )
        .run(expiresAtMs, lease.callId, lease.holder, lease.generation, nowMs);
      return changes === 1 ? { ...lease, expiresAtMs } : null;
    });
  }

  releaseLease(lease: Lease): void {
    guarded(() =>
      this.#tables
        .prepare('DELETE FROM leases WHERE call_id = ? AND holder = ? AND generation = ?')
        .run(lease.callId, lease.holder, lease.generation),
    );
  }
}
