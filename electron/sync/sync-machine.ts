/** What one round does, in this order: read, send, read again what came of it, then what has time. */
export type SyncStep = 'changes' | 'push' | 'audit' | 'snapshot' | 'calls';

/** How the desk stands to its worker. Every state is left by a timer too, so that nothing waits for a message that was lost (SYN21). */
export type SyncState =
  | { readonly name: 'offline'; readonly sinceMs: number }
  | { readonly name: 'idle' }
  /** One request is under way. `again`: something changed meanwhile, another round follows. */
  | { readonly name: 'asking'; readonly step: SyncStep; readonly again: boolean; readonly attempt: number }
  | { readonly name: 'backoff'; readonly attempt: number; readonly sinceMs: number };

export type SyncInput =
  | { readonly type: 'linked' }
  | { readonly type: 'unlinked'; readonly nowMs: number }
  /** Something is to be sent or read; `now` by a person who does not want to wait. */
  | { readonly type: 'wake'; readonly now: boolean }
  | { readonly type: 'answered'; readonly next: SyncStep | null }
  | { readonly type: 'failed'; readonly nowMs: number }
  | { readonly type: 'timer'; readonly nowMs: number; readonly isLinked: boolean };

/** The runner sets the timer anew with every step. */
export interface SyncEffect {
  readonly ask: SyncStep | null;
  readonly timer:
    | { readonly name: 'poll' }
    | { readonly name: 'deadline' }
    | { readonly name: 'backoff'; readonly attempt: number };
}

/** Wake-ups may all be lost; this is how late a change can be then. Source: sync research A4. */
export const POLL_MS = 15_000;
/** After this long an answer is not waited for any more. Source: sync research A4. */
export const DEADLINE_MS = 10_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;

/** Full jitter: many desks that lost the same worker do not come back at once. @param roll 0 to 1 */
export function backoffMs(attempt: number, roll: number): number {
  const most = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempt, 10));
  return FIRST_BACKOFF_MS + roll * (most - FIRST_BACKOFF_MS);
}

const asking = (step: SyncStep, attempt: number, again = false): readonly [SyncState, SyncEffect] => [
  { name: 'asking', step, again, attempt },
  { ask: step, timer: { name: 'deadline' } },
];

/** One step of the sync. `null` as the effect: nothing is asked, and the timer that runs goes on. */
export function stepSync(state: SyncState, input: SyncInput): readonly [SyncState, SyncEffect | null] {
  switch (input.type) {
    case 'linked':
      return asking('changes', 0);
    case 'unlinked':
      if (state.name === 'offline') return [state, null];
      return [
        { name: 'offline', sinceMs: input.nowMs },
        { ask: null, timer: { name: 'poll' } },
      ];
    case 'wake':
      if (state.name === 'idle' || (state.name === 'backoff' && input.now)) return asking('changes', 0);
      if (state.name === 'asking' && !state.again) return [{ ...state, again: true }, null];
      return [state, null];
    case 'answered':
      if (state.name !== 'asking') return [state, null];
      if (input.next !== null) return asking(input.next, 0, state.again);
      if (state.again) return asking('changes', 0);
      return [{ name: 'idle' }, { ask: null, timer: { name: 'poll' } }];
    case 'failed':
      return state.name === 'asking' ? later(state.attempt + 1, input.nowMs) : [state, null];
    case 'timer':
      switch (state.name) {
        case 'offline':
          return input.isLinked ? asking('changes', 0) : [state, { ask: null, timer: { name: 'poll' } }];
        case 'idle':
          return asking('changes', 0);
        case 'asking':
          return later(state.attempt + 1, input.nowMs);
        case 'backoff':
          // The attempts count on until something is answered.
          return asking('changes', state.attempt);
      }
  }
}

function later(attempt: number, nowMs: number): readonly [SyncState, SyncEffect] {
  return [
    { name: 'backoff', attempt, sinceMs: nowMs },
    { ask: null, timer: { name: 'backoff', attempt } },
  ];
}
