import { createStore } from 'zustand/vanilla';
import { AppError, type ErrorBody } from '#shared/errors/app-error.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { AudioWay, RoomEntry } from '#shared/ipc/audio-way.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { AudioDirection } from '#shared/protocol/audio-grant.ts';
import { bodyOf } from './room-ears.ts';
import type { MediaLink, MediaState } from './media-link.ts';
import type { RoomLink } from './room-link.ts';

/** Asks the desk which way a call's audio goes. Rejects with an `AppError`. */
export type AskForWay = (callId: CallId, direction: AudioDirection) => Promise<AudioWay>;

export const askDesk =
  (bridge: DeskBridge): AskForWay =>
  async (callId, direction) => {
    const answer = await bridge.run('get-audio-way', { callId, direction });
    if (!answer.ok) throw new AppError(answer.error);
    return answer.value;
  };

/** The same question where only a room is an answer. */
export const askForRoom =
  (ask: AskForWay) =>
  async (callId: CallId): Promise<RoomEntry> => {
    const way = await ask(callId, 'listen');
    if (way.via === 'livekit') return way;
    throw new AppError({
      code: 'call.unknown',
      message: 'This call is not in a room any more.',
      retryable: false,
      origin: 'renderer',
    });
  };

interface Links {
  readonly frames: MediaLink;
  readonly rooms: RoomLink;
  readonly ask: AskForWay;
}

/** One link for all calls: for each one the worker says whether its audio comes as frames or from a room (LINK1). */
export function createChosenLink({ frames, rooms, ask }: Links): MediaLink {
  /** A call that cannot be heard, because the question where its audio goes was answered with no. */
  let refused: Refused | null = null;
  const state = createStore<MediaState>(() => merged(frames, rooms, refused));
  const update = (): void => state.setState(merged(frames, rooms, refused));
  for (const link of [frames, rooms]) link.state.subscribe(update);
  /** Calls whose audio the worker brings; that does not change while a call runs, and a takeover need not ask again. */
  const byFrames = new Set<CallId>();
  /** Rises with each wish to listen or to stop, so that a late answer starts nothing. */
  let wishes = 0;

  const wayOf = async (callId: CallId, direction: AudioDirection): Promise<AudioWay> => {
    if (byFrames.has(callId)) return { via: 'worker' };
    const way = await ask(callId, direction);
    if (way.via === 'worker') byFrames.add(callId);
    return way;
  };
  /** The link that has the microphone. */
  const speaking = (): MediaLink | RoomLink => (rooms.openFor() === null ? frames : rooms);
  let cancelled = 0;
  /** Rises with each wish to whisper or to be whispered to, or not any more. */
  let seats = 0;

  const stopListening = (): void => {
    wishes += 1;
    refused = null;
    if (frames.state.getState().listeningTo !== null) frames.stopListening();
    if (rooms.state.getState().listeningTo !== null) rooms.stopListening();
    update();
  };
  const listen = async (callId: CallId): Promise<void> => {
    stopListening();
    const mine = wishes;
    const way = await wayOf(callId, 'listen').catch(bodyOf);
    if (mine !== wishes) return;
    if ('code' in way) {
      refused = { callId, error: way };
      return update();
    }
    await (way.via === 'worker' ? frames.listen(callId) : rooms.listen(callId, way));
  };
  const closeMicrophone = (): void => {
    cancelled += 1;
    frames.closeMicrophone();
    rooms.closeMicrophone();
  };

  const leaveCoach = (): void => {
    seats += 1;
    frames.leaveCoach();
    rooms.leaveCoach();
  };
  /** The link that this person whispers by. */
  const whispering = (callId: CallId): MediaLink | RoomLink => (byFrames.has(callId) ? frames : rooms);

  return {
    state,
    stopListening,
    closeMicrophone,
    leaveCoach,
    async joinCoach(callId, seat) {
      leaveCoach();
      const mine = seats;
      const way = await wayOf(callId, 'coach').catch(bodyOf);
      if (mine !== seats) return null;
      if ('code' in way) return way;
      return way.via === 'worker' ? frames.joinCoach(callId, seat) : rooms.joinCoach(callId, way, seat);
    },
    whisper: callId => whispering(callId).whisper(callId),
    stopWhispering: () => {
      frames.stopWhispering();
      rooms.stopWhispering();
    },
    async listen(callId) {
      if (state.getState().listeningTo !== callId) await listen(callId);
    },
    async openMicrophone(callId) {
      if (rooms.openFor() === callId && rooms.state.getState().device.name === 'open') return null;
      const mine = cancelled;
      const way = await wayOf(callId, 'microphone').catch(bodyOf);
      if (mine !== cancelled) return null;
      if ('code' in way) return way;
      return way.via === 'worker' ? frames.openMicrophone(callId) : rooms.openMicrophone(callId, way);
    },
    sendTo: callId => speaking().sendTo(callId),
    stopSending: () => speaking().stopSending(),
    setMuted: muted => speaking().setMuted(muted),
    setQuiet: isQuiet => {
      frames.setQuiet(isQuiet);
      rooms.setQuiet(isQuiet);
    },
    level: () => speaking().level(),
    reconnect: () => (refused ? listen(refused.callId) : rooms.reconnect()),
    allowSound: () => rooms.allowSound(),
  };
}

interface Refused {
  readonly callId: CallId;
  readonly error: ErrorBody;
}

/** Only one of the two is in use; the other is silent. */
function merged(frames: MediaLink, rooms: RoomLink, refused: Refused | null): MediaState {
  const [byFrame, byRoom] = [frames.state.getState(), rooms.state.getState()];
  return {
    ...byFrame,
    listeningTo: refused?.callId ?? byRoom.listeningTo ?? byFrame.listeningTo,
    device: byRoom.device.name === 'closed' ? byFrame.device : byRoom.device,
    sendingTo: byRoom.sendingTo ?? byFrame.sendingTo,
    muted: byRoom.muted || byFrame.muted,
    hearing: refused ? { name: 'lost', error: refused.error } : byRoom.hearing,
    speaking: byRoom.speaking,
    coach: byRoom.coach,
    whisperingTo: byRoom.whisperingTo ?? byFrame.whisperingTo,
  };
}
