import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { callsInParts, joinParts, quietForMs } from './join-parts.ts';

/** The encoder of a process that was killed closes its file within this. */
const QUIET_MS = 2000;
const LOOK_EVERY_MS = 3000;

export interface JoinJobDeps {
  readonly folder: string;
  readonly clock: Clock;
  readonly callEvents: (callId: CallId) => Promise<readonly CallEvent[]>;
  readonly onError: (callId: CallId, error: unknown) => void;
}

export interface JoinJob {
  /** The log of this call is closed; where several hosts have recorded it, their parts are joined soon. */
  callEnded(callId: CallId): void;
  stop(): void;
}

/** Joins the parts of calls that have ended: those of an earlier life at once, others as they end (REC16). One after another. */
export function startJoining({ folder, clock, callEvents, onError }: JoinJobDeps): JoinJob {
  const waiting = new Set<CallId>(callsInParts(folder));
  let cancel: Cancel | null = null;
  let stopped = false;

  const join = async (callId: CallId): Promise<void> => {
    // The next look comes to it: the last encoder has not closed its file yet.
    if (quietForMs(folder, callId, clock.now()) < QUIET_MS) return;
    waiting.delete(callId);
    const events = await callEvents(callId);
    // A call that still runs says when it ends.
    if (events.at(-1)?.type !== 'call.ended') return;
    const starts = events.flatMap(event => (event.type === 'recording.started' ? event.atMs : []));
    await joinParts(folder, callId, starts);
  };
  const look = async (): Promise<void> => {
    for (const callId of [...waiting])
      await join(callId).catch((error: unknown) => {
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
      if (!callsInParts(folder).includes(callId)) return;
      waiting.add(callId);
      plan();
    },
    stop: () => {
      stopped = true;
      cancel?.();
    },
  };
}
