import type { CallId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { coachIdentity, coachRoom, liveIdentity, monitorIdentity } from '#shared/domain/rooms.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { AudioDirection, AudioGrantAnswer } from '#shared/protocol/audio-grant.ts';
import { mintRoomToken } from '#worker/livekit/tokens/mint-room-token.ts';
import type { OpenCalls } from './open-calls.ts';
import type { ControlRooms } from './room-handlers.ts';

interface RoomGrantRequest {
  readonly callId: CallId;
  readonly roomName: string;
  readonly actor: Actor;
  readonly direction: AudioDirection;
  readonly openCalls: OpenCalls;
}

const SEATS = {
  listen: { role: 'monitor', identityOf: monitorIdentity },
  microphone: { role: 'live', identityOf: liveIdentity },
  coach: { role: 'coach', identityOf: coachIdentity },
} as const;

/**
 * The way into the room of a call. What the person then hears and whom they reach is the matrix's business: the token lets them
 * join and keep a microphone ready, no more. The person who has the call asks for `coach` to hear what is whispered to them.
 */
export async function roomGrant(
  { access, server }: ControlRooms,
  { callId, roomName, actor, direction, openCalls }: RoomGrantRequest,
): Promise<AudioGrantAnswer> {
  const { role, identityOf } = SEATS[direction];
  if (direction === 'coach') {
    if (openCalls.holderOf(callId) === null)
      throw appError('media.refused', 'Nobody on this call can be whispered to by voice.');
    await server.createRoom(coachRoom(callId), '');
  }
  const minted = await mintRoomToken(access, {
    role,
    roomName: direction === 'coach' ? coachRoom(callId) : roomName,
    identity: identityOf(actor.userId),
    name: actor.name,
  });
  return { via: 'livekit', url: access.url, ...minted };
}
