import { TrackSource, type VideoGrant } from 'livekit-server-sdk';
import { isCoachRoom } from '#shared/domain/rooms.ts';
import { appError } from '#shared/errors/app-error.ts';

/** What somebody is in a room. `live` is also the human who has taken the call. */
export const ROOM_TOKEN_ROLES = ['caller', 'ai', 'monitor', 'live', 'coach'] as const;
export type RoomTokenRole = (typeof ROOM_TOKEN_ROLES)[number];

export type RoleGrants = Required<
  Pick<
    VideoGrant,
    'canPublish' | 'canSubscribe' | 'canPublishData' | 'canUpdateOwnMetadata' | 'hidden' | 'agent'
  >
> & { readonly canPublishSources: TrackSource[] };

/** Numbers, in one order: the server takes no names, and compares lists in order. An empty list would mean every source. */
const MICROPHONE = [TrackSource.MICROPHONE];

const SPEAKER: RoleGrants = {
  canPublish: true,
  canPublishSources: MICROPHONE,
  canSubscribe: true,
  canPublishData: false,
  canUpdateOwnMetadata: false,
  hidden: false,
  agent: false,
};

const GRANTS: Readonly<Record<RoomTokenRole, RoleGrants>> = {
  // Data of a caller reaches every program in the room; nothing of ours may be asked that way.
  caller: SPEAKER,
  ai: { ...SPEAKER, canPublishData: true, canUpdateOwnMetadata: true, agent: true },
  // Nobody of ours hears by the token alone: whoever sees to the audibility matrix lets them, and takes it back (SUP64). A token
  // that is used again during a hush, or after they left, hears nothing. Sources do not take `canPublish: false` back (TOK3).
  monitor: { ...SPEAKER, canPublish: false, canSubscribe: false, hidden: true },
  live: { ...SPEAKER, canSubscribe: false },
  coach: { ...SPEAKER, canSubscribe: false },
};

/**
 * What a role may do in one room, with every right written out: what is absent is granted. Pure (TOK1). Throws `media.refused`
 * for anybody but a coach in a coach room, and for a coach anywhere else (TOK4).
 */
export function grantsFor(
  role: RoomTokenRole,
  roomName: string,
): RoleGrants & { readonly roomJoin: true; readonly room: string } {
  if (isCoachRoom(roomName) !== (role === 'coach'))
    throw appError('media.refused', 'Only people of ours who whisper to one another enter a coach room.');
  const { canPublishSources, ...rest } = GRANTS[role];
  return { roomJoin: true, room: roomName, ...rest, canPublishSources: [...canPublishSources] };
}

const HOUR_S = 3600;
const TEN_MINUTES_S = 600;

/** How long a token lets somebody join; who is in stays in. Source: requirement I2 for callers (TOK2). */
export const TOKEN_TTL_S: Readonly<Record<RoomTokenRole, number>> = {
  caller: HOUR_S,
  ai: TEN_MINUTES_S,
  monitor: TEN_MINUTES_S,
  live: TEN_MINUTES_S,
  coach: TEN_MINUTES_S,
};
