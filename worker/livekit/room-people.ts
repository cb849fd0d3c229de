import { RoomServiceClient, ServerError, TrackType } from 'livekit-server-sdk';
import { apiUrl, type LivekitAccess } from './livekit-access.ts';
import { roleOf } from '#shared/domain/rooms.ts';
import { grantsFor } from './tokens/room-grants.ts';
import { asking } from './room-server.ts';

export interface PublishedAudio {
  readonly sid: string;
  readonly muted: boolean;
}

/** Somebody in a room as its server knows them, the hidden ones too. */
export interface RoomPerson {
  readonly identity: string;
  readonly mayHear: boolean;
  readonly audio: readonly PublishedAudio[];
}

/**
 * What the server can do to people in a room, whatever their own programs want. Who is not there, or whose room is not, counts
 * as dealt with. Errors: `media.unreachable` (retryable), `media.refused`.
 */
export interface RoomPeople {
  people(roomName: string): Promise<readonly RoomPerson[]>;
  muteAudio(roomName: string, identity: string, trackSid: string, muted: boolean): Promise<void>;
  /** Lets somebody of ours hear the others of the room, or takes it back; the rest of what they may do stays. */
  letHear(roomName: string, person: RoomPerson, on: boolean): Promise<void>;
  /** A token that has not run out lets them in again. */
  remove(roomName: string, identity: string): Promise<void>;
  close(roomName: string): Promise<void>;
}

/** More than the slowest answer of a healthy server, less than a person who takes over would wait. */
const REQUEST_TIMEOUT_S = 2;

export function livekitRoomPeople(access: LivekitAccess): RoomPeople {
  const rooms = new RoomServiceClient(apiUrl(access), access.apiKey, access.apiSecret, {
    requestTimeout: REQUEST_TIMEOUT_S,
  });
  return {
    people: async roomName => {
      const present = await unlessGone(rooms.listParticipants(roomName));
      return (present ?? []).map(({ identity, tracks, permission }) => ({
        identity,
        mayHear: permission?.canSubscribe ?? false,
        audio: tracks
          .filter(track => track.type === TrackType.AUDIO)
          .map(({ sid, muted }) => ({ sid, muted })),
      }));
    },
    muteAudio: async (roomName, identity, trackSid, muted) => {
      await unlessGone(rooms.mutePublishedTrack(roomName, identity, trackSid, muted));
    },
    letHear: async (roomName, { identity }, on) => {
      const { role } = roleOf(identity);
      // A phone says its status and its keys by itself; an update replaces every right, so all of them are said.
      if (role === 'colleague') {
        const permission = {
          canSubscribe: on,
          canPublish: true,
          canPublishData: true,
          canUpdateMetadata: true,
        };
        await unlessGone(rooms.updateParticipant(roomName, identity, { permission }));
        return;
      }
      if (role !== 'monitor' && role !== 'live' && role !== 'coach') return;
      const { canPublish, canPublishData, canPublishSources, hidden } = grantsFor(role, roomName);
      const permission = { canSubscribe: on, canPublish, canPublishData, canPublishSources, hidden };
      await unlessGone(rooms.updateParticipant(roomName, identity, { permission }));
    },
    remove: async (roomName, identity) => {
      await unlessGone(rooms.removeParticipant(roomName, identity));
    },
    close: async roomName => {
      await unlessGone(rooms.deleteRoom(roomName));
    },
  };
}

const NOT_FOUND = 404;

function unlessGone<Answer>(request: Promise<Answer>): Promise<Answer | null> {
  const tolerant = request.catch((error: unknown) => {
    if (error instanceof ServerError && error.status === NOT_FOUND) return null;
    throw error;
  });
  return asking(tolerant);
}
