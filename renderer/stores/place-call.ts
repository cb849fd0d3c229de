import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { DeskState } from './desk-store.ts';

/** Whether to offer it: there is a phone trunk, and this person may. The worker decides again. */
export const mayPlaceCall = (desk: DeskState): boolean =>
  desk.name === 'ready' &&
  desk.user.capabilities.includes('call.place') &&
  desk.link.name === 'live' &&
  desk.link.canDial === true;

/** One wish to call somebody: however often it is sent, they are called once. */
export interface CallWish {
  send(to: string): Promise<{ readonly callId: CallId } | { readonly error: ErrorBody }>;
}

export function wishToCall(bridge: DeskBridge, newId: () => string): CallWish {
  let wish = { to: '', requestId: newId() };
  return {
    send: async to => {
      // Another number is another call; the same one again, after no answer came back, is not.
      if (to !== wish.to) wish = { to, requestId: newId() };
      const answer = await bridge.run('place-call', wish);
      return answer.ok ? { callId: answer.value.callId } : { error: answer.error };
    },
  };
}
