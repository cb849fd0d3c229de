import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SyncStatus } from '#shared/ipc/sync-status.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';

export interface SyncStore {
  /** Null until this desk has said how it stands, and for one that cannot. */
  readonly state: StoreApi<SyncStatus | null>;
  /** Does not wait for the next try. */
  tryNow(): Promise<void>;
  start(): () => void;
}

/** How far this desk is in step with its worker. */
export function createSyncStore(bridge: DeskBridge): SyncStore {
  const state = createStore<SyncStatus | null>(() => null);
  return {
    state,
    async tryNow() {
      await bridge.run('sync-now', {});
    },
    start() {
      let heard = false;
      const stop = bridge.onNotice('sync-changed', status => {
        heard = true;
        state.setState(status, true);
      });
      void bridge.run('get-sync', {}).then(answer => {
        // A notice that came meanwhile is the newer one.
        if (answer.ok && !heard) state.setState(answer.value, true);
      });
      return stop;
    },
  };
}
