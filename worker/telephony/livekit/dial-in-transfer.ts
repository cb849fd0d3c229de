import type { CallId } from '#shared/domain/ids.ts';
import { colleagueIdentity, roleOf } from '#shared/domain/rooms.ts';
import { fetchColleague, type ColleagueFetch } from './colleague-fetch.ts';
import type { RoomCall } from './room-call.ts';
import type { SipApi } from './sip-api.ts';
import { transferRefused, type TransferStrategy } from './transfer-strategy.ts';

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
    const identity = colleagueIdentity(target);
    const fetch = fetchColleague(call, target, busy, () => call.remove(identity));
    try {
      const { api, trunkId, ringingS } = deps;
      await api.dial({ trunkId, number: target, roomName: call.room.roomName, identity, ringingS });
    } catch (error) {
      fetch.giveBack('not-reached');
      deps.onError(call.callId, error);
      throw transferRefused();
    }
    // Picked up for a caller who has gone: taken out again, since it may have come after the removal.
    if (fetch.isCallOver()) {
      call.remove(identity);
      throw transferRefused();
    }
    fetch.settle('accepted');
    call.connectColleague({ onFrame: listener => call.room.hear(identity, listener), play: null });
    call.tellParked('colleague', target);
    introduce(call, identity, deps.introduction, fetch);
    return 'accepted';
  };
};

/** The AI has the caller again once the colleague has hung up. */
function introduce(call: RoomCall, identity: string, words: Int16Array, fetch: ColleagueFetch): void {
  if (!onceLeft(call, identity, () => fetch.giveBack('colleague-left'))) void call.voice.say(words);
}

/**
 * A host before us has died while a colleague had the caller: they are in the room still, and go on as they were (SIP33). Called when the
 * call has connected here.
 */
export function goOnWithColleague(call: RoomCall): void {
  const colleague = call.room
    .members()
    .find(
      ({ identity, attributes }) =>
        roleOf(identity).role === 'colleague' && attributes['sip.callStatus'] === 'active',
    );
  if (!colleague) return;
  const { identity, attributes } = colleague;
  call.voice.silence();
  call.connectColleague({ onFrame: listener => call.room.hear(identity, listener), play: null });
  call.tellParked('colleague', attributes['sip.phoneNumber'] ?? identity);
  onceLeft(call, identity, () => {
    call.voice.giveBack();
    call.tellUnparked('colleague-left');
  });
}

/** @returns whether they had left before, in which case the task has run */
function onceLeft(call: RoomCall, identity: string, task: () => void): boolean {
  let left = false;
  const stopFacts = call.onFact(fact => {
    if (left || fact.type !== 'member.left' || fact.member.identity !== identity) return;
    left = true;
    queueMicrotask(() => stopFacts());
    task();
  });
  return left;
}
