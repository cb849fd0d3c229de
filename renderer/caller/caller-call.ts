import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ConsultationType } from '#shared/domain/rooms.ts';
import type { AudioDevices, Microphone } from '#renderer/media/audio-devices.ts';
import { microphoneError } from '#renderer/media/media-errors.ts';
import type { GoneFrom, JoinRoom, PageRoom, RoomVoice } from '#renderer/media/page-room.ts';
import { AT_START, isUnderWay, stepCaller, type CallerInput, type CallerState } from './caller-state.ts';
import type { Consultation, ConsultationAnswer } from './consultation.ts';

interface CallDeps {
  readonly join: JoinRoom;
  readonly devices: AudioDevices;
  readonly open: (type: ConsultationType, name: string) => Promise<ConsultationAnswer>;
}

/** One call of a caller, from the first press to the end. */
export interface CallerCall {
  readonly state: StoreApi<CallerState>;
  talk(type: ConsultationType, name: string): Promise<void>;
  setMuted(muted: boolean): void;
  allowSound(): void;
  reconnect(): Promise<void>;
  /** The machine has slept: the room is entered anew, which is quicker than noticing that it is gone. */
  wokeUp(): void;
  end(): void;
  again(): void;
  /** Peak of the own microphone, 0 to 1. */
  readonly level: () => number;
}

export function createCallerCall({ join, devices, open }: CallDeps): CallerCall {
  const state = createStore<CallerState>(() => AT_START);
  let microphone: Microphone | null = null;
  let room: PageRoom | null = null;
  let voice: RoomVoice | null = null;
  let consultation: Consultation | null = null;
  let peakRatio = 0;
  /** Rises with each start and each end, so that what opens too late is closed again. */
  let tries = 0;

  const step = (input: CallerInput): void => {
    state.setState(stepCaller(state.getState(), input), true);
    if (!isUnderWay(state.getState())) release();
  };

  const leaveRoom = (): void => {
    room?.leave();
    room = null;
    voice = null;
  };
  const release = (): void => {
    tries += 1;
    leaveRoom();
    microphone?.close();
    microphone = null;
    consultation = null;
    peakRatio = 0;
  };

  /** @returns whether the microphone is open; otherwise why not has been told */
  const openMicrophone = async (): Promise<boolean> => {
    const mine = tries;
    try {
      const opened = await devices.openMicrophone(
        { deviceId: '', processing: true },
        ({ peak }) => (peakRatio = peak),
        () => {
          if (microphone !== opened) return;
          opened.close();
          microphone = null;
          step({ type: 'microphone.gone' });
        },
      );
      if (mine !== tries) {
        opened.close();
        return false;
      }
      microphone = opened;
      return true;
    } catch (error) {
      const isRefused = microphoneError(error).code === 'media.refused';
      if (mine === tries)
        step({ type: 'start.failed', why: isRefused ? 'microphone-refused' : 'microphone-missing' });
      return false;
    }
  };

  const gone = (why: GoneFrom): void => {
    room = null;
    voice = null;
    // Put out, or over: there is no call to go back to. From another window it goes on there.
    step({ type: why === 'lost' ? 'room.lost' : 'room.over' });
  };

  const enter = async ({ url, token }: Consultation): Promise<void> => {
    leaveRoom();
    tries += 1;
    const mine = tries;
    const isMine = (): boolean => mine === tries;
    try {
      const joined = await join(
        { url, token },
        { hears: () => true, outputDeviceId: '' },
        {
          onReconnecting: () => isMine() && step({ type: 'room.reconnecting' }),
          onReconnected: () => isMine() && step({ type: 'room.back' }),
          onBlocked: isBlocked => isMine() && step({ type: 'sound.blocked', isBlocked }),
          onVoices: count => isMine() && step({ type: 'voices', count }),
          onSilenced: () => isMine() && step({ type: 'muted', muted: true }),
          onGone: why => isMine() && gone(why),
        },
      );
      if (!isMine() || !microphone) return joined.leave();
      room = joined;
      const speaking = await joined.speak(microphone.track);
      if (!isMine()) return;
      voice = speaking;
      await voice.setMuted(false);
      if (!isMine()) return;
      step({ type: 'room.joined' });
      step({ type: 'voices', count: joined.voices() });
    } catch {
      if (isMine()) step({ type: 'room.lost' });
    }
  };

  return {
    state,
    level: () => peakRatio,

    async talk(type, name) {
      step({ type: 'pressed.talk' });
      if (state.getState().name !== 'asking' || !(await openMicrophone())) return;
      step({ type: 'microphone.open' });
      const mine = tries;
      const answer = await open(type, name);
      if (mine !== tries) return;
      if (!answer.ok) return step({ type: 'start.failed', why: answer.why });
      consultation = answer.value;
      await enter(answer.value);
    },

    setMuted(muted) {
      void voice?.setMuted(muted);
      step({ type: 'muted', muted });
    },

    allowSound: () => void room?.allowSound(),

    async reconnect() {
      step({ type: 'pressed.reconnect' });
      if (state.getState().name !== 'connecting' || !consultation) return;
      if (microphone || (await openMicrophone())) await enter(consultation);
    },

    wokeUp() {
      if (state.getState().name !== 'talking' || !consultation) return;
      step({ type: 'room.lost' });
      step({ type: 'pressed.reconnect' });
      void enter(consultation);
    },

    end: () => step({ type: 'pressed.end' }),
    again: () => step({ type: 'pressed.again' }),
  };
}
