import { createStore } from 'zustand/vanilla';
import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { RoomEntry } from '#shared/ipc/audio-way.ts';
import type { AudioDevices } from './audio-devices.ts';
import { SILENT, type CoachSeat, type MediaLink, type MediaState } from './media-link.ts';
import type { JoinRoom } from './page-room.ts';
import { createRoomCoach } from './room-coach.ts';
import { createRoomEars, type AskForRoom } from './room-ears.ts';
import { createRoomVoice } from './room-voice.ts';

export interface RoomLinkDeps {
  readonly join: JoinRoom;
  readonly devices: AudioDevices;
  /** Asks for a room to listen in. */
  readonly ask: AskForRoom;
  readonly chosen: () => { readonly input: string; readonly output: string };
  /** Whether the browser may clean the microphone's sound up. */
  readonly processing: boolean;
  readonly after: (delayMs: number, task: () => void) => () => void;
}

/** A `MediaLink` that is told where to join. */
export interface RoomLink extends Omit<MediaLink, 'listen' | 'openMicrophone' | 'joinCoach'> {
  listen(callId: CallId, entry: RoomEntry): Promise<void>;
  openMicrophone(callId: CallId, entry: RoomEntry): Promise<ErrorBody | null>;
  joinCoach(callId: CallId, entry: RoomEntry, seat: CoachSeat): Promise<ErrorBody | null>;
  /** The call whose room the microphone is in, or is about to be. */
  readonly openFor: () => CallId | null;
  /** The machine has slept: what it was connected to is gone, long before anybody notices. */
  wokeUp(): void;
}

/** Calls heard and spoken on by joining their rooms (docs/spec/room-link.md). */
export function createRoomLink(deps: RoomLinkDeps): RoomLink {
  const state = createStore<MediaState>(() => SILENT);
  const ears = createRoomEars({
    ...deps,
    outputDeviceId: () => deps.chosen().output,
    report: (listeningTo, hearing) => state.setState({ listeningTo, hearing }),
  });
  const voice = createRoomVoice({
    ...deps,
    chosen: () => ({ deviceId: deps.chosen().input, processing: deps.processing }),
    report: change => {
      state.setState(change);
      // A device that is closed whispers to nobody.
      if (change.device && change.device.name !== 'open') coach.stopWhispering();
    },
  });
  const coach = createRoomCoach({
    ...deps,
    outputDeviceId: () => deps.chosen().output,
    microphone: () => voice.track(),
    report: change => state.setState(change),
  });
  return {
    state,
    listen: (callId, entry) => ears.listen(callId, entry),
    stopListening: () => ears.stop(),
    openMicrophone: (callId, entry) => voice.open(callId, entry),
    openFor: () => voice.openFor(),
    sendTo: callId => voice.sendTo(callId),
    stopSending: () => voice.stopSending(),
    closeMicrophone: () => voice.close(),
    setMuted: muted => voice.setMuted(muted),
    joinCoach: (callId, entry, seat) => coach.join(callId, entry, seat),
    leaveCoach: () => coach.leave(),
    whisper: callId => coach.whisper(callId),
    stopWhispering: () => coach.stopWhispering(),
    setQuiet: isQuiet => ears.setQuiet(isQuiet),
    level: () => voice.level(),
    reconnect: () => (ears.hearing().name === 'lost' ? ears.again() : Promise.resolve()),
    allowSound: () => ears.allowSound(),
    wokeUp: () => {
      if (ears.hearing().name !== 'none') void ears.again();
    },
  };
}
