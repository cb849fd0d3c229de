import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { growingJoin, QUIET_MS, type GrowingJoin } from './growing-join.ts';
import { callsInParts, isInParts, joinParts, quietForMs, shapeOfParts } from './join-parts.ts';
import { deleteAudio, joiningFile } from './recording-files.ts';
import { readNote } from './recording-note.ts';

const LOOK_EVERY_MS = 3000;

export interface JoinJobDeps {
  readonly folder: string;
  readonly clock: Clock;
  readonly callEvents: (callId: CallId) => Promise<readonly CallEvent[]>;
  readonly onError: (callId: CallId, error: unknown) => void;
}

/** What there is of a call that several hosts have recorded and that is not one recording yet (REC17). */
export interface RecordingParts {
  /** File with all of it up to now, or null where the call is not in parts. Rejects with `storage.failed`. */
  playable(callId: CallId): Promise<string | null>;
  /** Its shape, as `peaks.ts` has it. */
  shape(callId: CallId): Promise<Uint8Array | null>;
}

export interface JoinJob extends RecordingParts {
  /** The log of this call is closed; where several hosts have recorded it, their parts are joined soon. */
  callEnded(callId: CallId): void;
  stop(): void;
}

interface Known {
  starts: readonly number[];
  readonly growing: GrowingJoin;
}

/** Joins the parts of calls that have ended: those of an earlier life at once, others as they end (REC16). One after another. */
export function startJoining({ folder, clock, callEvents, onError }: JoinJobDeps): JoinJob {
  const waiting = new Set<CallId>(callsInParts(folder));
  const known = new Map<CallId, Known>();
  let cancel: Cancel | null = null;
  let stopped = false;
  let before: Promise<unknown> = Promise.resolve();

  /** One after another: the same file grows for whoever listens and for the end. */
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const done = before.then(work);
    before = done.catch(() => undefined);
    return done;
  };
  const startsIn = (events: readonly CallEvent[]): readonly number[] =>
    events.flatMap(event => (event.type === 'recording.started' ? event.atMs : []));
  const knownOf = (callId: CallId, starts: readonly number[]): Known => {
    const it: Known = known.get(callId) ?? {
      starts,
      growing: growingJoin(folder, callId, () => it.starts),
    };
    it.starts = starts;
    known.set(callId, it);
    return it;
  };
  const join = async (callId: CallId): Promise<void> => {
    // The next look comes to it: the last encoder has not closed its file yet.
    if (quietForMs(folder, callId, clock.now()) < QUIET_MS) return;
    waiting.delete(callId);
    const events = await callEvents(callId);
    // A call that still runs says when it ends.
    if (events.at(-1)?.type !== 'call.ended') return;
    if (known.get(callId)?.growing.isCertain() === false) known.delete(callId);
    const { starts, growing } = knownOf(callId, startsIn(events));
    known.delete(callId);
    // Somebody has deleted it meanwhile, in the name of the caller or of its days.
    const note = readNote(folder, callId);
    if (note !== null && note.deletedAtMs !== null) return deleteAudio(folder, callId);
    await joinParts(folder, callId, starts, growing);
  };
  const look = async (): Promise<void> => {
    for (const callId of [...waiting])
      await inTurn(() => join(callId)).catch((error: unknown) => {
        waiting.delete(callId);
        onError(callId, error);
      });
    cancel = null;
    plan();
  };
  const plan = (): void => {
    if (stopped || waiting.size === 0) return;
    cancel ??= clock.after(LOOK_EVERY_MS, () => void look());
  };
  plan();
  return {
    callEnded: callId => {
      if (!callsInParts(folder).includes(callId)) return void known.delete(callId);
      waiting.add(callId);
      plan();
    },
    playable: callId =>
      inTurn(async () => {
        if (!isInParts(folder, callId)) return null;
        const { growing } = knownOf(callId, startsIn(await callEvents(callId)));
        try {
          await growing.extend(clock.now(), false);
        } catch (error) {
          known.delete(callId);
          if (AppError.is(error)) throw error;
          throw appError('storage.failed', 'The parts of this recording cannot be read at the moment.', {
            retryable: true,
          });
        }
        return growing.isBegun() ? joiningFile(folder, callId) : null;
      }),
    shape: callId =>
      inTurn(async () =>
        isInParts(folder, callId) ? shapeOfParts(folder, callId, startsIn(await callEvents(callId))) : null,
      ),
    stop: () => {
      stopped = true;
      cancel?.();
    },
  };
}
