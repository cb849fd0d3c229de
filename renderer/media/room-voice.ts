import type { CallId } from '#shared/domain/ids.ts';
import { AppError, type ErrorBody } from '#shared/errors/app-error.ts';
import type { RoomEntry } from '#shared/ipc/audio-way.ts';
import type { AudioDevices, Microphone } from './audio-devices.ts';
import { ELSEWHERE, microphoneError, TAKEN_OFF, UNPLUGGED, VOICE_LOST } from './media-errors.ts';
import type { MediaState } from './media-link.ts';
import type { GoneFrom, JoinRoom, PageRoom } from './page-room.ts';
import { bodyOf } from './room-ears.ts';
import { publishSilent, type SilentVoice } from './silent-voice.ts';

export interface VoiceDeps {
  readonly join: JoinRoom;
  readonly devices: AudioDevices;
  /** Device id, and whether the browser may clean the sound up. */
  readonly chosen: () => { readonly deviceId: string; readonly processing: boolean };
  readonly report: (change: Partial<Pick<MediaState, 'device' | 'sendingTo' | 'muted' | 'speaking'>>) => void;
}

interface Opened {
  readonly callId: CallId;
  readonly microphone: Microphone;
  readonly room: PageRoom;
  readonly voice: SilentVoice;
}

/**
 * The person's voice in one call: a second, visible identity that joins when they arm or take over, with the microphone published
 * and muted. From then on speaking is one word to the server (LINK3).
 */
export function createRoomVoice({ join, devices, chosen, report }: VoiceDeps) {
  let opened: Opened | null = null;
  let opening: { readonly callId: CallId; readonly done: Promise<ErrorBody | null> } | null = null;
  let openings = 0;
  let sendingTo: CallId | null = null;
  let muted = false;
  let peakRatio = 0;

  const tell = (): Promise<void> => opened?.voice.speak(sendingTo !== null && !muted) ?? Promise.resolve();

  const stopSending = (): void => {
    sendingTo = null;
    muted = false;
    void tell();
    report({ sendingTo: null, muted: false });
  };

  const close = (): void => {
    openings += 1;
    opening = null;
    const was = opened;
    opened = null;
    if (was) release(was);
    sendingTo = null;
    muted = false;
    peakRatio = 0;
    report({ sendingTo: null, muted: false, device: { name: 'closed' }, speaking: { name: 'none' } });
  };

  const fail = (error: ErrorBody): void => {
    close();
    report({ device: { name: 'failed', error } });
  };

  const gone = (why: GoneFrom): void => {
    // A call that is over takes nobody off the line; its log says so by itself.
    if (why === 'ended') close();
    else fail(why === 'lost' ? VOICE_LOST : why === 'displaced' ? ELSEWHERE : TAKEN_OFF);
  };

  const open = async (callId: CallId, entry: RoomEntry): Promise<ErrorBody | null> => {
    openings += 1;
    const mine = openings;
    const isMine = (): boolean => mine === openings;
    report({ device: { name: 'opening' }, speaking: { name: 'joining' } });
    const parts = await Promise.allSettled([
      devices.openMicrophone(
        chosen(),
        ({ peak }) => (peakRatio = peak),
        () => isMine() && fail(UNPLUGGED),
      ),
      join(
        entry,
        { hears: () => false, outputDeviceId: '' },
        {
          onReconnecting: () => isMine() && report({ speaking: { name: 'reconnecting' } }),
          onReconnected: () => {
            if (!isMine()) return;
            void tell();
            report({ speaking: { name: 'on' } });
          },
          onBlocked: () => undefined,
          onVoices: () => undefined,
          onSilenced: () => {
            if (!isMine() || sendingTo === null) return;
            muted = true;
            report({ muted: true });
          },
          onGone: why => isMine() && gone(why),
        },
      ),
    ]);
    const [device, joined] = parts;
    const giveUp = (error: ErrorBody | null): ErrorBody | null => {
      if (device.status === 'fulfilled') device.value.close();
      if (joined.status === 'fulfilled') joined.value.leave();
      if (isMine() && error) fail(error);
      return error;
    };
    if (!isMine()) return giveUp(null);
    if (device.status === 'rejected') return giveUp(microphoneError(device.reason));
    if (joined.status === 'rejected') return giveUp(bodyOf(joined.reason));
    try {
      const voice = await publishSilent(joined.value, device.value.track);
      if (!isMine()) {
        voice.stop();
        return giveUp(null);
      }
      opened = { callId, microphone: device.value, room: joined.value, voice };
      report({ device: { name: 'open' }, speaking: { name: 'on' } });
      return null;
    } catch (error) {
      return giveUp(AppError.is(error) ? error.body : VOICE_LOST);
    }
  };

  return {
    close,
    stopSending,
    level: () => (muted ? 0 : peakRatio),
    /** The open device, or `null`. */
    track: () => opened?.microphone.track ?? null,
    openFor: () => opened?.callId ?? opening?.callId ?? null,

    open(callId: CallId, entry: RoomEntry): Promise<ErrorBody | null> {
      if (opened?.callId === callId) return Promise.resolve(null);
      if (opening?.callId === callId) return opening.done;
      if (opened || opening) close();
      const done = open(callId, entry).finally(() => {
        if (opening?.done === done) opening = null;
      });
      opening = { callId, done };
      return done;
    },

    async sendTo(callId: CallId): Promise<void> {
      if (sendingTo === callId || opened?.callId !== callId) return;
      sendingTo = callId;
      muted = false;
      report({ sendingTo: callId, muted: false });
      await tell();
    },

    setMuted(isMuted: boolean): void {
      muted = isMuted;
      report({ muted: isMuted });
      void tell();
    },
  };
}

function release({ microphone, room, voice }: Opened): void {
  voice.stop();
  room.leave();
  microphone.close();
}
