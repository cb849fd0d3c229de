import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { Store } from '#worker/store/store.ts';
import type { OpenCalls } from './open-calls.ts';
import { signedIn } from './signed-in.ts';

/** Calls that somebody names: none that is not of their org. */
export interface KnownCalls {
  /** Rejects with `call.unknown`. */
  readonly known: (actor: Actor | null, id: string) => Promise<CallId>;
  /** Rejects with `call.unknown` and `call.already-ended`. */
  readonly running: (actor: Actor, id: string) => Promise<CallId>;
}

export function knownCalls(
  store: Pick<Store, 'conversation'>,
  openCalls: OpenCalls,
  desk: CallDesk,
): KnownCalls {
  const known = async (actor: Actor | null, id: string): Promise<CallId> => {
    const callId = id as CallId;
    const { orgId } = signedIn(actor);
    if (!openCalls.has(callId, orgId) && !(await store.conversation(orgId, callId)))
      throw appError('call.unknown', 'There is no such call.');
    return callId;
  };
  const running = async (actor: Actor, id: string): Promise<CallId> => {
    const callId = await known(actor, id);
    if (!desk.openCalls().includes(callId)) throw appError('call.already-ended', 'The call has ended.');
    return callId;
  };
  return { known, running };
}
