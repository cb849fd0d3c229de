import type { CallId } from '#shared/domain/ids.ts';
import { AppError, type ErrorBody } from '#shared/errors/app-error.ts';
import type { RoomEntry } from '#shared/ipc/audio-way.ts';
import { ELSEWHERE, ROOM_LOST } from './media-errors.ts';
import type { CoachSeat, MediaState } from './media-link.ts';
import type { GoneFrom, JoinRoom, PageRoom } from './page-room.ts';
import { bodyOf } from './room-ears.ts';
import { publishSilent, type SilentVoice } from './silent-voice.ts';

export interface CoachDeps {
  readonly join: JoinRoom;
  readonly outputDeviceId: () => string;
  /** The armed device, or `null`: this opens none by itself. */
  readonly microphone: () => MediaStreamTrack | null;
  readonly report: (change: Partial<Pick<MediaState, 'coach' | 'whisperingTo'>>) => void;
}

interface Inside {
  readonly callId: CallId;
  readonly room: PageRoom;
  /** Only of one who whispers. */
  readonly voice: SilentVoice | null;
}

/**
 * The room beside a call in which people of ours whisper; the caller is never in it. One seat at a time: `coach` publishes the
 * armed microphone, muted, and hears nobody; `coached` publishes nothing and hears those whom the server lets it hear (LINK14).
 */
export function createRoomCoach({ join, outputDeviceId, microphone, report }: CoachDeps) {
  let inside: Inside | null = null;
  /** Rises with each join and each leave, so that a room that opens too late is left again. */
  let joins = 0;
  let isWhispering = false;

  const stopWhispering = (): void => {
    if (!isWhispering) return;
    isWhispering = false;
    void inside?.voice?.speak(false);
    report({ whisperingTo: null });
  };

  const drop = (): void => {
    joins += 1;
    stopWhispering();
    inside?.voice?.stop();
    inside?.room.leave();
    inside = null;
  };

  const leave = (): void => {
    drop();
    report({ coach: { name: 'none' } });
  };

  const fail = (error: ErrorBody): ErrorBody => {
    drop();
    report({ coach: { name: 'lost', error } });
    return error;
  };

  const gone = (why: GoneFrom): void => {
    // The room is closed when nobody has the call any more (SUP66).
    if (why === 'ended') leave();
    else fail(why === 'displaced' ? ELSEWHERE : ROOM_LOST);
  };

  const enter = async (callId: CallId, entry: RoomEntry, seat: CoachSeat): Promise<ErrorBody | null> => {
    drop();
    const mine = joins;
    const isMine = (): boolean => mine === joins;
    report({ coach: { name: 'joining' } });
    let room: PageRoom | null = null;
    try {
      room = await join(
        entry,
        {
          hears: other => seat === 'coached' && other !== entry.identity,
          outputDeviceId: outputDeviceId(),
        },
        {
          onReconnecting: () => isMine() && report({ coach: { name: 'reconnecting' } }),
          onReconnected: () => {
            if (!isMine()) return;
            void inside?.voice?.speak(isWhispering);
            report({ coach: { name: 'on' } });
          },
          onBlocked: isBlocked => isMine() && report({ coach: { name: isBlocked ? 'blocked' : 'on' } }),
          onVoices: () => undefined,
          // Whoever has silenced it: nobody goes on whispering to nobody.
          onSilenced: () => isMine() && stopWhispering(),
          onGone: why => isMine() && gone(why),
        },
      );
      const track = microphone();
      if (seat === 'coach' && track === null)
        throw new AppError({
          code: 'media.refused',
          message: 'Arm your microphone first.',
          retryable: true,
          origin: 'renderer',
        });
      const voice = seat === 'coach' && track ? await publishSilent(room, track) : null;
      if (!isMine()) {
        voice?.stop();
        room.leave();
        return null;
      }
      inside = { callId, room, voice };
      report({ coach: { name: 'on' } });
      return null;
    } catch (error) {
      room?.leave();
      return isMine() ? fail(bodyOf(error)) : null;
    }
  };

  return {
    join: enter,
    leave,
    stopWhispering,
    async whisper(callId: CallId): Promise<void> {
      const voice = inside?.callId === callId ? inside.voice : null;
      if (!voice || isWhispering) return;
      isWhispering = true;
      report({ whisperingTo: callId });
      await voice.speak(true);
    },
  };
}
