import type { Journal } from '#shared/adapters/journal.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';

/** A call that moves from host to host tells nothing meanwhile. */
const TOLD_LIMIT_MS = 3_000;

export interface CallTellerDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  /** @returns false when the call is not open here; on a host it is done later, or never */
  readonly appendToCall: (callId: CallId, draft: CallEventDraft) => boolean;
}

/**
 * Puts an event into a running call's log and waits until it is on disk. A call may run in another process, which may die before:
 * then it is `worker.unreachable`, and may be asked again.
 */
export async function tellCall(
  { journal, clock, appendToCall }: CallTellerDeps,
  callId: CallId,
  draft: CallEventDraft,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const lost = (): void =>
    reject(
      appError('worker.unreachable', 'The call moves to another host. Try again in a moment.', {
        retryable: true,
      }),
    );
  const stop = journal.onEntry(({ position, event }) => {
    if (event.conversationId === callId && isSame(event, draft)) resolve(position);
  });
  const cancel = clock.after(TOLD_LIMIT_MS, lost);
  try {
    if (!appendToCall(callId, draft)) lost();
    await journal.durable(await promise);
  } finally {
    cancel();
    stop();
  }
}

/** Everything that the draft says; the envelope is the log's. Ids within make it that very one. */
function isSame(event: CallEvent, draft: CallEventDraft): boolean {
  const said = event as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(draft).every(([name, value]) => JSON.stringify(said[name]) === JSON.stringify(value));
}
