import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { LinkState, Settings, Value } from '#shared/ipc/commands.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';

type Desk = Value<'get-desk'>;

/** Who sits here, on which shell, and whether the worker can be reached. */
export type DeskState =
  | { readonly name: 'loading' }
  | { readonly name: 'failed'; readonly error: ErrorBody }
  | ({ readonly name: 'ready' } & Desk);

export interface DeskStore {
  readonly state: StoreApi<DeskState>;
  load(): Promise<void>;
  save(change: Partial<Settings>): Promise<ErrorBody | null>;
  dispose(): void;
}

const isNews = (told: ErrorBody, link: LinkState): boolean =>
  link.name === 'lost' && (link.code !== told.code || link.message !== told.message);

export function createDeskStore(bridge: DeskBridge): DeskStore {
  const state = createStore<DeskState>(() => ({ name: 'loading' }));
  /** The first link notice may be here before the answer to `get-desk`; it is the newer one. */
  let newest: LinkState | null = null;

  const load = async (): Promise<void> => {
    const answer = await bridge.run('get-desk', {});
    state.setState(
      answer.ok
        ? { name: 'ready', ...answer.value, link: newest ?? answer.value.link }
        : { name: 'failed', error: answer.error },
      true,
    );
  };
  const dispose = bridge.onNotice('link-changed', link => {
    newest = link;
    const before = state.getState();
    if (before.name === 'ready') {
      state.setState({ ...before, link }, true);
      // It may have opened for who was here last; now the worker says who it is.
      if (link.name === 'live' && before.link.name !== 'live') void load();
    }
    // The desk came back after a failed start, or knows better why it cannot start: ask again.
    else if (before.name === 'failed' && (link.name === 'live' || isNews(before.error, link))) void load();
  });

  return {
    state,
    load,
    async save(change) {
      const answer = await bridge.run('save-settings', change);
      if (!answer.ok) return answer.error;
      const before = state.getState();
      if (before.name === 'ready') state.setState({ ...before, settings: answer.value }, true);
      return null;
    },
    dispose,
  };
}
