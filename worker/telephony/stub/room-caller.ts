import { AccessToken, TrackSource } from 'livekit-server-sdk';
import type { Clock } from '#shared/domain/clock.ts';
import { callerIdentity, type RoomNote } from '#shared/domain/rooms.ts';
import { createFedTrack } from '#worker/livekit/fed-track.ts';
import type { LivekitAccess } from '#worker/livekit/livekit-access.ts';
import type { RoomServer } from '#worker/livekit/room-server.ts';
import { connectRoom, createRoom, releaseRoom } from '#worker/livekit/rtc-room.ts';

const KEY_CODES = '0123456789*#ABCD';

/** A scripted caller in a room: a participant like any other, with a microphone. */
export interface RoomCaller {
  /** 320 samples of what they say. */
  speak(samples: Int16Array): void;
  press(digit: string): void;
  leave(): Promise<void>;
}

export interface RoomCallerDeps {
  readonly access: LivekitAccess;
  readonly server: RoomServer;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * Opens a room for one call, asks for a host, and joins as its caller, as a caller's page does. `onGone` is called when the server
 * ends it. Rejects with `media.unreachable` or `media.refused`.
 */
export async function enterAsCaller(
  { access, server, clock, onError }: RoomCallerDeps,
  note: RoomNote,
  onGone: () => void,
): Promise<RoomCaller> {
  const roomName = `demo_${note.callId}`;
  const metadata = JSON.stringify(note);
  await server.createRoom(roomName, metadata);
  await server.dispatch(roomName, metadata);
  const room = createRoom(onError);
  room.on('disconnected', onGone);
  await connectRoom(room, access.url, await callerToken(access, note, roomName));
  const track = createFedTrack(clock, onError);
  const leave = async (): Promise<void> => {
    await releaseRoom(room);
    await track.close();
  };
  try {
    await track.publish(room);
  } catch (error) {
    await leave();
    throw error;
  }
  return {
    speak: samples => track.play(samples),
    press: digit => {
      room.localParticipant?.publishDtmf(KEY_CODES.indexOf(digit), digit).catch(onError);
    },
    leave,
  };
}

/** Unlike a caller's page, this one may send data: its keys are data. */
function callerToken(access: LivekitAccess, note: RoomNote, room: string): Promise<string> {
  const identity = callerIdentity(note.callId);
  const token = new AccessToken(access.apiKey, access.apiSecret, { identity, name: note.displayName });
  token.addGrant({
    room,
    roomJoin: true,
    canSubscribe: true,
    canPublish: true,
    canPublishSources: [TrackSource.MICROPHONE],
    canPublishData: true,
  });
  return token.toJwt();
}
