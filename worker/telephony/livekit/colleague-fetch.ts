import { isPhoneNumber } from '#shared/domain/transfer-target.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { RoomCall, UnparkCause } from './room-call.ts';
import type { TransferOutcome } from './room-call-machine.ts';
import { transferRefused } from './transfer-strategy.ts';

/** A colleague who is being fetched for a call: the caller is on hold, and what becomes of it is told once. */
export interface ColleagueFetch {
  /** The caller has gone. */
  readonly isCallOver: () => boolean;
  settle(outcome: TransferOutcome): void;
  /** Nobody comes, or whoever came has left: the caller hears the session again. */
  giveBack(cause: UnparkCause): void;
}

/** Calls for which a colleague is being fetched, or has come. */
export type BusyCalls = WeakSet<RoomCall>;

/**
 * Begins to fetch a colleague: one at a time for each call. Throws `telephony.transfer-refused`.
 * @param onCallOver the call is over before this was; synchronous, before its end is told
 */
export function fetchColleague(
  call: RoomCall,
  target: string,
  busy: BusyCalls,
  onCallOver: () => void,
): ColleagueFetch {
  if (!isPhoneNumber(target)) throw transferRefused();
  if (busy.has(call)) throw appError('telephony.transfer-refused', 'A transfer is going on already.');
  busy.add(call);
  let over = false;
  let settled = false;
  const settle = (outcome: TransferOutcome): void => {
    if (!settled) call.tellTransfer(target, outcome);
    settled = true;
  };
  const stopWatching = call.atEnd(() => {
    over = true;
    settle('refused');
    onCallOver();
  });
  call.tellTransfer(target, null);
  call.voice.hold();
  call.tellParked('hold', target);
  return {
    isCallOver: () => over,
    settle,
    giveBack: cause => {
      stopWatching();
      busy.delete(call);
      settle('refused');
      if (over) return;
      call.voice.giveBack();
      call.tellUnparked(cause);
    },
  };
}
