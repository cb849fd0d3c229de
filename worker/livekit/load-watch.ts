import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '#shared/domain/clock.ts';
import {
  DEFAULT_LOAD_LIMITS,
  loadOf,
  refusalOf,
  RESTED,
  stepLoad,
  type LoadLimits,
  type LoadRefusal,
} from './load.ts';

const LOOK_EVERY_MS = 1000;
/** Node's histogram holds the time between its own ticks, this long when nothing is late. */
const TICK_MS = 10;

export interface LoadWatch {
  /** For LiveKit's dispatcher, 0 to 1. */
  readonly load: () => number;
  /** Why a call that comes now is refused, or null. */
  readonly refusal: () => LoadRefusal | null;
  readonly loopLagMs: () => number;
  readonly stop: () => void;
}

export interface LoadWatchDeps {
  readonly clock: Clock;
  /** Calls that this process has and has promised to take. */
  readonly calls: () => number;
  readonly draining: () => boolean;
  readonly limits?: LoadLimits;
}

/** Looks once a second how strained this process is (CAP1-CAP6). Holds no process alive by itself where the clock's timers do not. */
export function watchLoad({
  clock,
  calls,
  draining,
  limits = DEFAULT_LOAD_LIMITS,
}: LoadWatchDeps): LoadWatch {
  const delays = monitorEventLoopDelay({ resolution: TICK_MS });
  delays.enable();
  let state = RESTED;
  const look = (): void => {
    const loopLagMs = Math.max(0, delays.percentile(99) / 1e6 - TICK_MS);
    delays.reset();
    state = stepLoad(state, { calls: calls(), loopLagMs, draining: draining() }, limits);
    cancel = clock.after(LOOK_EVERY_MS, look);
  };
  let cancel = clock.after(LOOK_EVERY_MS, look);
  /** Draining is known at once, not with the next look. */
  const now = () => ({ ...state, look: { ...state.look, draining: draining() } });
  return {
    load: () => loadOf(now(), calls(), limits),
    refusal: () => refusalOf(now(), calls(), limits),
    loopLagMs: () => state.look.loopLagMs,
    stop: () => {
      cancel();
      delays.disable();
    },
  };
}
