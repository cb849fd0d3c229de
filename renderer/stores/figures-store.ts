import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WindowFigures } from '#shared/domain/call-figures.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { ConsoleClock } from './clock.ts';

const HOUR_MS = 3_600_000;

/** Windows there are, shortest first. Each ends now. */
export const FIGURE_WINDOWS = [
  { name: 'day', words: 'Last 24 hours', lengthMs: 24 * HOUR_MS },
  { name: 'week', words: 'Last 7 days', lengthMs: 7 * 24 * HOUR_MS },
  { name: 'month', words: 'Last 30 days', lengthMs: 30 * 24 * HOUR_MS },
] as const;
export type FigureWindow = (typeof FIGURE_WINDOWS)[number]['name'];

export interface FiguresState {
  readonly window: FigureWindow;
  readonly status:
    | { readonly name: 'loading' }
    | { readonly name: 'ready' }
    | { readonly name: 'failed'; readonly error: ErrorBody };
  /** What was read last; stays while it is read anew. */
  readonly figures: WindowFigures | null;
}

/** How well calls went in a window that ends now. */
export interface FiguresStore {
  readonly state: StoreApi<FiguresState>;
  read(): Promise<void>;
  choose(window: FigureWindow): Promise<void>;
}

export function createFiguresStore(bridge: DeskBridge, clock: ConsoleClock): FiguresStore {
  const state = createStore<FiguresState>(() => ({
    window: 'day',
    status: { name: 'loading' },
    figures: null,
  }));
  /** Rises with each question: a late answer to an older one is not shown. */
  let asked = 0;

  const read = async (): Promise<void> => {
    asked += 1;
    const mine = asked;
    const { window } = state.getState();
    const lengthMs = FIGURE_WINDOWS.find(({ name }) => name === window)?.lengthMs ?? 0;
    // The window ends with a whole hour or day, so that its bars stand still while it is looked at.
    const spanMs = window === 'day' ? HOUR_MS : 24 * HOUR_MS;
    const toMs = Math.ceil((clock.now() + 1) / spanMs) * spanMs;
    const answer = await bridge.run('get-figures', { fromMs: toMs - lengthMs, toMs });
    if (mine !== asked) return;
    state.setState(
      answer.ok
        ? { status: { name: 'ready' }, figures: answer.value }
        : { status: { name: 'failed', error: answer.error } },
    );
  };
  return {
    state,
    read,
    choose(window) {
      state.setState({ window, figures: null, status: { name: 'loading' } });
      return read();
    },
  };
}
