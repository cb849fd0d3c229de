import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { Colleague, KnowledgeFilter, KnowledgeItem } from '#shared/ipc/knowledge-commands.ts';
import type { ConsoleClock } from './clock.ts';

/** The two kinds of documents that the workspace lists. */
export type KnowledgeSpace = 'knowledge' | 'policies';

export interface KnowledgeListState {
  readonly status:
    | { readonly name: 'loading' }
    | { readonly name: 'ready' }
    | { readonly name: 'failed'; readonly error: ErrorBody };
  readonly items: readonly KnowledgeItem[];
  readonly counts: Partial<Readonly<Record<KnowledgeFilter, number>>>;
  /** How long the desk took for the shown answer. */
  readonly tookMs: number;
  /** Who can own an article. */
  readonly people: readonly Colleague[];
  readonly query: string;
  readonly filter: KnowledgeFilter;
  readonly space: KnowledgeSpace;
  /** Documents in conflict that the other space has. */
  readonly conflictsElsewhere: number;
}

/** The articles of this desk as they are searched and filtered. */
export interface KnowledgeList {
  readonly state: StoreApi<KnowledgeListState>;
  /** Reads anew for what is asked now; what is shown stays until the answer is there. */
  read(): Promise<void>;
  ask(change: Partial<Pick<KnowledgeListState, 'query' | 'filter' | 'space'>>): Promise<void>;
  /** Something is not what it was: reads again once it is quiet. */
  stale(): void;
}

/** Many documents change at once when a desk catches up. */
const QUIET_MS = 150;

export function createKnowledgeList(bridge: DeskBridge, clock: ConsoleClock): KnowledgeList {
  const state = createStore<KnowledgeListState>(() => ({
    status: { name: 'loading' },
    items: [],
    counts: {},
    tookMs: 0,
    people: [],
    query: '',
    filter: 'all',
    space: 'knowledge',
    conflictsElsewhere: 0,
  }));
  /** Rises with each question: a late answer to an older one is not shown. */
  let asked = 0;
  let isStale = false;

  const read = async (): Promise<void> => {
    asked += 1;
    const mine = asked;
    const { query, filter, space } = state.getState();
    const answer = await bridge.run('list-knowledge', { query: query.trim().slice(0, 200), filter, space });
    if (mine !== asked) return;
    state.setState(
      answer.ok
        ? { status: { name: 'ready' }, ...answer.value }
        : { status: { name: 'failed', error: answer.error } },
    );
  };

  return {
    state,
    read,
    async ask(change) {
      state.setState(change);
      await read();
    },
    stale() {
      if (isStale) return;
      isStale = true;
      clock.after(QUIET_MS, () => {
        isStale = false;
        void read();
      });
    },
  };
}
