import type { SyncStatus } from '#shared/ipc/sync-status.ts';
import type { SyncState } from './sync-machine.ts';
import type { Progress } from './sync-steps.ts';

/**
 * The one state that people are told (DST51). What they can do nothing about comes first, because it explains the rest; then what
 * they have to look at.
 */
export function syncState(
  state: SyncState,
  { done, total }: Progress,
  failingSinceMs: number | null,
  conflicts: number,
  refused: number,
): SyncStatus['state'] {
  if (state.name === 'offline') return { name: 'offline', sinceMs: state.sinceMs };
  if (failingSinceMs !== null) return { name: 'offline', sinceMs: failingSinceMs };
  if (total > 0) return { name: 'catching-up', done, total };
  if (refused > 0) return { name: 'refused', count: refused };
  if (conflicts > 0) return { name: 'conflict', count: conflicts };
  return { name: 'live' };
}
