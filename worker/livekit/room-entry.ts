import { RoomEvent, type Room } from '@livekit/rtc-node';
import type { FedTrack } from './fed-track.ts';
import { connectRoom, createRoom, releaseRoom } from './rtc-room.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { LeaveReason } from './worker-room.ts';

/** What a room tells while we are in it. All are called synchronously, in LiveKit's order. */
export interface RoomEars {
  /** Anything about members or their tracks; `reason` is why somebody left, where that is what happened. */
  changed(reason: LeaveReason): void;
  dtmf(identity: string, digit: string): void;
  recovering(): void;
  recovered(): void;
  lost(reason: LeaveReason): void;
}

/** One connection to a room, with the AI track published. */
export interface RoomEntry {
  readonly room: Room;
  readonly aiTrackSid: () => string | null;
}

const CHANGES = [
  RoomEvent.ParticipantConnected,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.ParticipantAttributesChanged,
  RoomEvent.ParticipantNameChanged,
] as const;

/** Joins and publishes. Rejects with `media.unreachable` or `media.refused` and leaves nothing behind then. */
export async function enterRoom(
  where: { readonly url: string; readonly token: string },
  track: FedTrack,
  ears: RoomEars,
  onError: (error: unknown) => void,
): Promise<RoomEntry> {
  const room = createRoom(onError);
  for (const event of CHANGES) room.on(event, () => ears.changed(0));
  room.on(RoomEvent.ParticipantDisconnected, ({ disconnectReason }) => ears.changed(disconnectReason ?? 0));
  // A hidden participant has no identity here: whatever it sends is nobody's (ROOM8).
  room.on(RoomEvent.DtmfReceived, (_, digit, from: { readonly identity: string } | undefined) => {
    if (from?.identity) ears.dtmf(from.identity, digit);
  });
  room.on(RoomEvent.Reconnecting, () => ears.recovering());
  room.on(RoomEvent.Reconnected, () => ears.recovered());
  room.on(RoomEvent.Disconnected, reason => ears.lost(reason));
  await connectRoom(room, where.url, where.token);
  try {
    return { room, aiTrackSid: await track.publish(room) };
  } catch (error) {
    const stillThere = room.isConnected;
    await releaseRoom(room);
    if (AppError.is(error)) throw error;
    throw stillThere
      ? appError('media.refused', 'LiveKit does not let us speak in this room.')
      : appError('media.unreachable', 'The connection to LiveKit broke.', { retryable: true });
  }
}
