import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { briefingRoom, colleagueIdentity } from '#shared/domain/rooms.ts';
import type { WorkerRoom } from '#worker/livekit/worker-room.ts';
import { BriefingVisit } from './briefing-visit.ts';
import { fetchColleague, type ColleagueFetch } from './colleague-fetch.ts';
import type { RoomCall } from './room-call.ts';
import type { SipApi } from './sip-api.ts';
import { transferRefused, type TransferStrategy } from './transfer-strategy.ts';

export interface BriefedTransferDeps {
  readonly clock: Clock;
  readonly api: SipApi;
  readonly trunkId: string;
  readonly ringingS: number;
  /** For the colleague to say whether they take the call, from picking up; a mailbox never does. */
  readonly decisionMs: number;
  /** Said in both rooms when they take it; mono, 16 kHz. */
  readonly introduction: Int16Array;
  /** Makes the room and joins it as the AI. Rejects with `media.*`. */
  readonly openRoom: (roomName: string) => Promise<WorkerRoom>;
  /** Puts everybody out of it; a phone is hung up by that. Never rejects. */
  readonly closeRoom: (roomName: string) => Promise<void>;
  /** Why a colleague was not reached, for the log. */
  readonly onError: (callId: CallId, error: unknown) => void;
}

/**
 * Warm, with a briefing: the colleague is called into a room of their own and told there who calls and why; once they take the call
 * this process carries the voices between the two rooms (SIP25-SIP27). The caller is never in the briefing room and the colleague never
 * in the caller's, so neither hears what is not carried.
 */
export const briefedTransfer = (deps: BriefedTransferDeps): TransferStrategy => {
  const busy = new WeakSet<RoomCall>();
  return async (call, target, briefing) => {
    let visit: BriefingVisit | null = null;
    let decided = false;
    const fetch = fetchColleague(call, target, busy, () => {
      // At once: the log of the call closes after this.
      if (!decided) briefing?.ended('caller-left');
      visit?.decide('caller-left');
      visit?.close();
    });
    try {
      visit = await reach(deps, call, target, opened => (visit = opened));
    } catch (error) {
      deps.onError(call.callId, error);
      fetch.giveBack('not-reached');
      throw transferRefused();
    }
    if (fetch.isCallOver()) {
      // Picked up for a caller who has gone: the room may have been made anew by that.
      void deps.closeRoom(briefingRoom(call.room.roomName));
      throw transferRefused();
    }
    call.tellParked('briefing', target);
    const outcome = await visit.brief(briefing, deps.decisionMs);
    decided = true;
    if (outcome !== 'caller-left') briefing?.ended(outcome);
    if (outcome !== 'accepted') {
      visit.close();
      fetch.giveBack('declined');
      throw transferRefused();
    }
    fetch.settle('accepted');
    void bringTogether(call, visit, fetch, { target, words: deps.introduction });
    return 'accepted';
  };
};

/** Resolves when the colleague has picked up in their room. @param onOpen the room is there, and may have to be closed */
async function reach(
  deps: BriefedTransferDeps,
  call: RoomCall,
  number: string,
  onOpen: (visit: BriefingVisit) => void,
): Promise<BriefingVisit> {
  const { clock, api, trunkId, ringingS, openRoom, closeRoom } = deps;
  const roomName = briefingRoom(call.room.roomName);
  const identity = colleagueIdentity(number);
  const room = await openRoom(roomName);
  const visit = new BriefingVisit(room, identity, {
    clock,
    closeRoom: () => closeRoom(roomName),
    onError: error => deps.onError(call.callId, error),
  });
  onOpen(visit);
  try {
    await api.dial({ trunkId, number, roomName, identity, ringingS });
    return visit;
  } catch (error) {
    visit.close();
    throw error;
  }
}

/** Both hear that they are with each other, and then are, until one of them leaves. */
async function bringTogether(
  call: RoomCall,
  visit: BriefingVisit,
  fetch: ColleagueFetch,
  { target, words }: { readonly target: string; readonly words: Int16Array },
): Promise<void> {
  await Promise.all([visit.say(words), call.voice.say(words)]);
  if (fetch.isCallOver()) return;
  call.connectColleague(visit.audio());
  call.voice.giveBack();
  call.tellParked('colleague', target);
  visit.onLeft(() => {
    visit.close();
    fetch.giveBack('colleague-left');
  });
}
