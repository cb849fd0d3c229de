import type { Lease } from '#shared/adapters/lease-book.ts';
import type { UserId } from '#shared/domain/ids.ts';
import type { Store } from '../store.ts';
import type { PostgresAccess } from './connection.ts';

/** Compare-and-set in one statement each, for the whole team. */
export function leaseQueries({
  everywhere,
}: PostgresAccess): Pick<Store, 'acquireLease' | 'renewLease' | 'releaseLease'> {
  return {
    acquireLease: (callId, holder, nowMs, expiresAtMs) =>
      everywhere(async client => {
        for (;;) {
          const won = await client.query<{ generation: number }>({
            name: 'lease-acquire',
            text: `INSERT INTO leases (call_id, holder, generation, expires_at) VALUES ($1, $2, 1, $3)
                   ON CONFLICT (call_id) DO UPDATE SET holder = excluded.holder, generation = leases.generation + 1, expires_at = excluded.expires_at
                   WHERE leases.expires_at <= $4 OR leases.holder = excluded.holder RETURNING generation`,
            values: [callId, holder, Math.round(expiresAtMs), Math.round(nowMs)],
          });
          const generation = won.rows[0]?.generation;
          if (generation !== undefined) return { callId, holder, generation, expiresAtMs };
          const other = await client.query<{ holder: UserId }>({
            name: 'lease-holder',
            text: 'SELECT holder FROM leases WHERE call_id = $1',
            values: [callId],
          });
          // Released between the two statements: then it is free.
          if (other.rows[0]) return { holder: other.rows[0].holder };
        }
      }),
    renewLease: (lease, nowMs, expiresAtMs) =>
      everywhere(async client => {
        const { rowCount } = await client.query({
          name: 'lease-renew',
          text: 'UPDATE leases SET expires_at = $1 WHERE call_id = $2 AND holder = $3 AND generation = $4 AND expires_at > $5',
          values: [Math.round(expiresAtMs), lease.callId, lease.holder, lease.generation, Math.round(nowMs)],
        });
        return rowCount === 1 ? ({ ...lease, expiresAtMs } satisfies Lease) : null;
      }),
    releaseLease: lease =>
      everywhere(async client => {
        await client.query({
          name: 'lease-release',
          text: 'DELETE FROM leases WHERE call_id = $1 AND holder = $2 AND generation = $3',
          values: [lease.callId, lease.holder, lease.generation],
        });
      }),
  };
}
