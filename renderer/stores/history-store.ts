import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallFilter, ListedCall } from '#shared/domain/call-list.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';

const PAGE_CALLS = 100;

export interface HistoryState {
  readonly status:
    | { readonly name: 'loading' }
    | { readonly name: 'ready' }
    | { readonly name: 'failed'; readonly error: ErrorBody };
  readonly calls: readonly ListedCall[];
  readonly query: string;
  readonly filter: CallFilter;
  /** There are older calls than those that were read. */
  readonly hasMore: boolean;
  readonly focusedId: string | null;
  /** The worker is away and the list is this desk's, as it last heard; null where the worker answered. */
  readonly asOfMs: number | null;
}

/** The list of calls that have been, read page by page. */
export interface HistoryStore {
  readonly state: StoreApi<HistoryState>;
  /** Reads the first page anew, for what is asked now; what is shown stays until the answer is there. */
  read(): Promise<void>;
  more(): Promise<void>;
  ask(change: Partial<Pick<HistoryState, 'query' | 'filter'>>): Promise<void>;
  focus(step: 1 | -1): void;
}

export function createHistoryStore(bridge: DeskBridge): HistoryStore {
  const state = createStore<HistoryState>(() => ({
    status: { name: 'loading' },
    calls: [],
    query: '',
    filter: 'all',
    hasMore: false,
    focusedId: null,
    asOfMs: null,
  }));
  /** Rises with each question: a late answer to an older one is not shown. */
  let asked = 0;
  let reading = false;

  const page = async (beforeMs: number | undefined): Promise<void> => {
    asked += 1;
    const mine = asked;
    const { query, filter } = state.getState();
    const answer = await bridge.run('list-calls', {
      limit: PAGE_CALLS,
      query,
      filter,
      ...(beforeMs === undefined ? {} : { beforeMs }),
    });
    if (mine !== asked) return;
    if (!answer.ok) {
      state.setState({ status: { name: 'failed', error: answer.error } });
      return;
    }
    const { calls: found, asOfMs = null } = answer.value;
    state.setState(before => {
      const calls = beforeMs === undefined ? found : [...before.calls, ...found];
      const focusedId = calls.some(call => call.id === before.focusedId)
        ? before.focusedId
        : (calls[0]?.id ?? null);
      return { status: { name: 'ready' }, calls, hasMore: found.length === PAGE_CALLS, focusedId, asOfMs };
    });
  };

  return {
    state,
    read: () => page(undefined),
    async more() {
      const { hasMore, calls } = state.getState();
      const oldest = calls.at(-1);
      if (!hasMore || reading || !oldest) return;
      reading = true;
      await page(oldest.startedAtMs);
      reading = false;
    },
    async ask(change) {
      state.setState(change);
      await page(undefined);
    },
    focus(step) {
      const { calls, focusedId } = state.getState();
      const at = calls.findIndex(call => call.id === focusedId);
      const next = calls[Math.max(0, Math.min(calls.length - 1, at + step))];
      if (next) state.setState({ focusedId: next.id });
    },
  };
}
