import { RoomServiceClient, ServerError } from 'livekit-server-sdk';
import { apiUrl, type LivekitAccess } from '#worker/livekit/livekit-access.ts';
import type { RemoveMember } from './remove-member.ts';

/** Takes people out of rooms by the API of the server. Who is not there, or whose room is not, counts as taken out. */
export function removeMemberAt(access: LivekitAccess): RemoveMember {
  const rooms = new RoomServiceClient(apiUrl(access), access.apiKey, access.apiSecret);
  return async (roomName, identity) => {
    try {
      await rooms.removeParticipant(roomName, identity);
    } catch (error) {
      if (!(error instanceof ServerError && error.status === 404)) throw error;
    }
  };
}
