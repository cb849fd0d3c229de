import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WindowFigures } from '#shared/domain/call-figures.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { ConsoleClock } from './clock.ts';

const HOUR_MS = 3_600_000;

/** What became of the calls that ended within the last hour; null until it was read once. */
export interface LastHour {
  readonly state: StoreApi<{ readonly figures: WindowFigures | null }>;
  /** A failure keeps what was read before: the link says that the worker is gone. */
  read(): Promise<void>;
}

export function createLastHour(bridge: DeskBridge, clock: ConsoleClock): LastHour {
  const state = createStore<{ readonly figures: WindowFigures | null }>(() => ({ figures: null }));
  return {
    state,
    async read() {
      const toMs = Math.ceil(clock.now());
      const answer = await bridge.run('get-figures', { fromMs: toMs - HOUR_MS, toMs });
      if (answer.ok) state.setState({ figures: answer.value });
    },
  };
}
