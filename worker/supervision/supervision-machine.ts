import { assertNever } from '#shared/base/assert-never.ts';
import type { HumanOnCall, MicMode } from '#shared/domain/audibility.ts';
import type { FloorHolder } from '#shared/domain/call.ts';
import type { UserId } from '#shared/domain/ids.ts';
import type { ErrorCode } from '#shared/errors/app-error.ts';

/** Time in which a takeover can be undone. Source: ux conventions, beyond 5. */
export const UNDO_WINDOW_MS = 10_000;

export type ReturnCause = 'step-down' | 'hand-back' | 'undo' | 'lease-lost' | 'call-ended';

/** Who of ours is on the call and how; at most one has the floor. */
export interface Supervision {
  readonly humans: readonly HumanOnCall[];
  readonly holder: {
    readonly userId: UserId;
    readonly mode: 'barge' | 'live';
    readonly sinceMono: number;
  } | null;
}

export type SupervisionInput =
  | { readonly type: 'listen' | 'leave' | 'step-down' | 'hand-back' | 'lease-lost'; readonly userId: UserId }
  | { readonly type: 'arm'; readonly userId: UserId; readonly armed: boolean }
  | { readonly type: 'coach'; readonly userId: UserId; readonly on: boolean }
  | { readonly type: 'barge' | 'take-over' | 'undo'; readonly userId: UserId; readonly nowMono: number };

/** Work for the runner, in this order: the fence always comes before the matrix opens a microphone (SUP5). */
export type SupervisionEffect =
  | { readonly do: 'fence'; readonly cause: 'barge' | 'take-over' }
  | { readonly do: 'matrix' }
  | {
      readonly do: 'return-floor';
      readonly cause: ReturnCause;
      readonly from: 'barge' | 'live';
      readonly sinceMono: number;
    };

export type SupervisionStep =
  | { readonly ok: true; readonly next: Supervision; readonly effects: readonly SupervisionEffect[] }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

export const NOBODY: Supervision = { humans: [], holder: null };

export function floorOf(state: Supervision): FloorHolder {
  return state.holder === null ? 'ai' : 'human';
}

export function micOf(state: Supervision, userId: UserId): MicMode {
  return state.humans.find(human => human.userId === userId)?.mic ?? 'monitor';
}

export function needsLease(type: SupervisionInput['type']): boolean {
  return type === 'barge' || type === 'take-over';
}

/** One step of the ladder listen, barge, take over and back. Pure; every rung may be entered directly (SUP1-SUP10). */
export function stepSupervision(state: Supervision, input: SupervisionInput): SupervisionStep {
  const { userId } = input;
  const mine = state.holder?.userId === userId ? state.holder : null;
  switch (input.type) {
    case 'listen':
      return done(put(state, userId, { listening: true }), [{ do: 'matrix' }]);
    case 'arm': {
      const mic = micOf(state, userId);
      if (mic === 'barge' || mic === 'live') {
        // Closing the device while on the line would leave the caller with nobody.
        return input.armed
          ? done(state, [])
          : refused('media.refused', 'You are on the line. Hand back or step down first.');
      }
      return done(put(state, userId, { mic: input.armed ? 'armed' : 'monitor' }), [{ do: 'matrix' }]);
    }
    case 'coach':
      if (input.on && (!state.holder || mine))
        return refused('media.refused', 'Nobody on this call can be whispered to by voice.');
      if (input.on && micOf(state, userId) !== 'armed')
        return refused('media.refused', 'Arm your microphone first.');
      // Nobody whispers about what they do not hear.
      return done(put(state, userId, input.on ? { listening: true, coaching: true } : { coaching: false }), [
        { do: 'matrix' },
      ]);
    case 'barge':
    case 'take-over': {
      const mode = input.type === 'barge' ? 'barge' : 'live';
      if (state.holder && !mine) return refused('lease.held-by-other', 'Somebody else has this call.');
      const next = put({ ...state, holder: { userId, mode, sinceMono: input.nowMono } }, userId, {
        listening: true,
        mic: mode,
      });
      if (mine?.mode === mode) return done(state, []);
      return done(next, [{ do: 'fence', cause: input.type }, { do: 'matrix' }]);
    }
    case 'undo':
      if (mine?.mode !== 'live') return refused('lease.not-held', 'You do not have this call.');
      if (input.nowMono - mine.sinceMono > UNDO_WINDOW_MS)
        return refused('undo.too-late', 'The ten seconds are over. Hand back instead.');
      return giveBack(state, mine, 'undo');
    case 'hand-back':
      return mine?.mode === 'live'
        ? giveBack(state, mine, 'hand-back')
        : refused('lease.not-held', 'You do not have this call.');
    case 'step-down':
      if (mine) return giveBack(state, mine, mine.mode === 'live' ? 'hand-back' : 'step-down');
      if (micOf(state, userId) === 'armed')
        return done(put(state, userId, { mic: 'monitor' }), [{ do: 'matrix' }]);
      return done(put(state, userId, { listening: false }), [{ do: 'matrix' }]);
    case 'lease-lost':
      return mine ? giveBack(state, mine, 'lease-lost') : done(state, []);
    case 'leave': {
      const without: Supervision = {
        ...state,
        humans: state.humans.filter(human => human.userId !== userId),
      };
      if (!mine) return done(without, [{ do: 'matrix' }]);
      const back = giveBack(state, mine, mine.mode === 'live' ? 'hand-back' : 'step-down');
      return back.ok ? { ...back, next: withoutCoaches({ ...without, holder: null }) } : back;
    }
    default:
      return assertNever(input, 'supervision input');
  }
}

function put(state: Supervision, userId: UserId, change: Partial<HumanOnCall>): Supervision {
  const known = state.humans.find(human => human.userId === userId) ?? {
    userId,
    listening: false,
    mic: 'monitor' as const,
  };
  const changed = { ...known, ...change };
  // Whose device is closed, or who speaks on the line, does not whisper.
  const human = changed.mic === 'armed' ? changed : { ...changed, coaching: false };
  const humans = [...state.humans.filter(other => other.userId !== userId), human];
  return {
    ...state,
    humans: humans.filter(({ listening, mic }) => listening || mic !== 'monitor'),
  };
}

/** Without anybody to whisper to, nobody whispers. */
function withoutCoaches(state: Supervision): Supervision {
  return state.humans.reduce(
    (left, human) => (human.coaching === true ? put(left, human.userId, { coaching: false }) : left),
    state,
  );
}

function giveBack(
  state: Supervision,
  holder: NonNullable<Supervision['holder']>,
  cause: ReturnCause,
): SupervisionStep {
  // Back to listening with the device still open, so that the next click is warm again; a lost desk has no device.
  const next = put(
    withoutCoaches({ ...state, holder: null }),
    holder.userId,
    cause === 'lease-lost' ? { listening: false, mic: 'monitor' } : { mic: 'armed' },
  );
  return done(next, [
    { do: 'matrix' },
    { do: 'return-floor', cause, from: holder.mode, sinceMono: holder.sinceMono },
  ]);
}

function done(next: Supervision, effects: readonly SupervisionEffect[]): SupervisionStep {
  return { ok: true, next, effects };
}

function refused(code: ErrorCode, message: string): SupervisionStep {
  return { ok: false, code, message };
}
