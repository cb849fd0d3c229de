import type { CallId } from '#shared/domain/ids.ts';
import { colleagueIdentity } from '#shared/domain/rooms.ts';
import { isPhoneNumber } from '#shared/domain/transfer-target.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { RoomCall } from './room-call.ts';
import type { TransferOutcome } from './room-call-machine.ts';
import type { SipApi } from './sip-api.ts';

/** How a call gets to somebody else. Rejects with `telephony.transfer-refused`; the call then goes on. */
export type TransferStrategy = (
  call: RoomCall,
  target: string,
) => Promise<Exclude<TransferOutcome, 'refused'>>;

const refused = (): Error => appError('telephony.transfer-refused', 'The target did not answer.');

/** Cold: the phone is asked to call the target itself, and leaves us. Not recorded, not overseen any more. */
export const referTransfer: TransferStrategy = async (call, target) => {
  if (!call.isPhone)
    throw appError('telephony.transfer-refused', 'A caller in a browser cannot be transferred to a phone.');
  const outcome = await call.refer(isPhoneNumber(target) ? `tel:${target}` : target);
  if (outcome === 'refused') throw refused();
  return outcome;
};

export interface DialInDeps {
  readonly api: SipApi;
  readonly trunkId: string;
  readonly ringingS: number;
  /** Said to both when the colleague has picked up; mono, 16 kHz. */
  readonly introduction: Int16Array;
  /** Why a colleague was not reached, for the log. */
  readonly onError: (callId: CallId, error: unknown) => void;
}

/**
 * Warm: a colleague is called into the caller's room, who waits on hold; the AI introduces them and is then silent until the
 * colleague has left (SIP24). Recorded and overseen as before.
 */
export const dialInTransfer = (deps: DialInDeps): TransferStrategy => {
  const busy = new WeakSet<RoomCall>();
  return async (call, target) => {
    if (!isPhoneNumber(target)) throw refused();
    if (busy.has(call)) throw appError('telephony.transfer-refused', 'A transfer is going on already.');
    busy.add(call);
    const identity = colleagueIdentity(target);
    let ended = false;
    let settled = false;
    const settle = (outcome: TransferOutcome): void => {
      if (!settled) call.tellTransfer(target, outcome);
      settled = true;
    };
    const stopWatching = call.atEnd(() => {
      ended = true;
      settle('refused');
      call.remove(identity);
    });
    call.tellTransfer(target, null);
    call.voice.hold();
    call.tellParked('hold', target);
    try {
      const { api, trunkId, ringingS } = deps;
      await api.dial({ trunkId, number: target, roomName: call.room.roomName, identity, ringingS });
    } catch (error) {
      stopWatching();
      busy.delete(call);
      settle('refused');
      if (!ended) giveBack(call, 'not-reached');
      deps.onError(call.callId, error);
      throw refused();
    }
    // Picked up for a caller who has gone: taken out again, since it may have come after the removal.
    if (ended) {
      call.remove(identity);
      throw refused();
    }
    settle('accepted');
    call.connectColleague({ onFrame: listener => call.room.hear(identity, listener), play: null });
    call.tellParked('colleague', target);
    introduce(call, identity, deps.introduction, () => {
      stopWatching();
      busy.delete(call);
    });
    return 'accepted';
  };
};

/** @param onLeft the colleague has hung up, and the AI has the caller again */
function introduce(call: RoomCall, identity: string, words: Int16Array, onLeft: () => void): void {
  let left = false;
  const leave = (): void => {
    if (left) return;
    left = true;
    queueMicrotask(() => stopFacts());
    giveBack(call, 'colleague-left');
    onLeft();
  };
  const stopFacts = call.onFact(fact => {
    if (fact.type === 'member.left' && fact.member.identity === identity) leave();
  });
  if (!left) void call.voice.say(words);
}

function giveBack(call: RoomCall, cause: 'not-reached' | 'colleague-left'): void {
  call.voice.giveBack();
  call.tellUnparked(cause);
}
