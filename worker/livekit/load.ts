/** One look of a host at itself. */
export interface LoadLook {
  /** Calls it has and calls it has promised to take. */
  readonly calls: number;
  /** How late the event loop was since the last look, 99th percentile. */
  readonly loopLagMs: number;
  /** It is about to end and takes nothing more. */
  readonly draining: boolean;
}

export interface LoadLimits {
  readonly maxCalls: number;
  /** As late as this twice in a row, and new calls are refused. */
  readonly lateMs: number;
  /** Three looks in a row at or below this, and they are taken again. */
  readonly easyMs: number;
}

/**
 * Ten calls per process limit what one crash can take with it (ADR of the host processes). A frame is 20 ms, and the AI's track
 * is fed 100 ms ahead: a loop that is 60 ms late is close to being heard.
 */
export const DEFAULT_LOAD_LIMITS: LoadLimits = { maxCalls: 10, lateMs: 60, easyMs: 30 };

const LATE_LOOKS = 2;
const EASY_LOOKS = 3;
/** Of a host that still takes calls: LiveKit sends nothing to a host whose load is 1. */
const MOST_WHILE_TAKING = 0.99;

/** What a host remembers between looks. Begin with `RESTED`. */
export interface LoadState {
  readonly look: LoadLook;
  /** Refuses because it was late, until it has been easy for long enough. */
  readonly strained: boolean;
  /** Looks in a row that speak for changing that. */
  readonly looks: number;
}

export const RESTED: LoadState = {
  look: { calls: 0, loopLagMs: 0, draining: false },
  strained: false,
  looks: 0,
};

/** Takes one look into account; looks come once a second. Pure (CAP2, CAP3). */
export function stepLoad(state: LoadState, look: LoadLook, limits = DEFAULT_LOAD_LIMITS): LoadState {
  const { strained } = state;
  const speaksForChange = strained ? look.loopLagMs <= limits.easyMs : look.loopLagMs >= limits.lateMs;
  const looks = speaksForChange ? state.looks + 1 : 0;
  const changes = looks >= (strained ? EASY_LOOKS : LATE_LOOKS);
  return { look, strained: changes ? !strained : strained, looks: changes ? 0 : looks };
}

/** Why a host takes no call now, or null when it does. */
export type LoadRefusal = 'full' | 'late' | 'draining';

/** @param calls what it has and has promised now; between looks this is newer than the last look */
export function refusalOf(
  { look, strained }: LoadState,
  calls = look.calls,
  limits = DEFAULT_LOAD_LIMITS,
): LoadRefusal | null {
  if (look.draining) return 'draining';
  if (calls >= limits.maxCalls) return 'full';
  return strained ? 'late' : null;
}

/** The figure for LiveKit's dispatcher, 0 to 1; 1 exactly when the host refuses (CAP4). */
export function loadOf(state: LoadState, calls = state.look.calls, limits = DEFAULT_LOAD_LIMITS): number {
  if (refusalOf(state, calls, limits) !== null) return 1;
  return Math.min(MOST_WHILE_TAKING, Math.max(calls / limits.maxCalls, state.look.loopLagMs / limits.lateMs));
}
