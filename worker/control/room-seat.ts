import {
  AI_IDENTITY,
  callerIdentity,
  coachIdentity,
  liveIdentity,
  monitorIdentity,
  roleOf,
} from '#shared/domain/rooms.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { may, type Actor, type Capability } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { ParticipantType, RoomTokenRequest } from '#shared/protocol/room-token.ts';
import type { RoomTokenRole } from '#worker/livekit/tokens/room-grants.ts';

/** What somebody will be in a room, and under which name of the server's. */
export interface RoomSeat {
  readonly role: RoomTokenRole;
  readonly identity: string;
}

const ROLE: Readonly<Record<ParticipantType, RoomTokenRole>> = {
  customer: 'caller',
  ai: 'ai',
  monitor: 'monitor',
  agent: 'live',
  coach: 'coach',
};

/** Whoever may act as somebody else may let a caller or a host in; people of ours get only what their own role gives. */
const NEEDS: Readonly<Record<ParticipantType, Capability>> = {
  customer: 'session.mint',
  ai: 'session.mint',
  monitor: 'call.listen',
  agent: 'call.barge',
  coach: 'call.barge',
};

/** The seat of this person in the room of this call. Pure. Throws `access.denied` for what is not theirs (TOK5, TOK6). */
export function seatFor(
  request: Pick<RoomTokenRequest, 'identity' | 'participantType'>,
  actor: Actor,
  callId: CallId,
): RoomSeat {
  const type = request.participantType ?? typeOf(request.identity ?? '');
  if (!may(actor.role, NEEDS[type]))
    throw appError('access.denied', `Your role may not do this; it needs the right ${NEEDS[type]}.`);
  const identity = identityOf(type, actor, callId);
  if (request.identity !== undefined && request.identity !== identity) throw notYours();
  return { role: ROLE[type], identity };
}

function identityOf(type: ParticipantType, { userId }: Actor, callId: CallId): string {
  if (type === 'customer') return callerIdentity(callId);
  if (type === 'ai') return AI_IDENTITY;
  return { monitor: monitorIdentity, agent: liveIdentity, coach: coachIdentity }[type](userId);
}

function typeOf(identity: string): ParticipantType {
  const { role } = roleOf(identity);
  if (role === 'caller') return 'customer';
  if (role === 'live') return 'agent';
  if (role === 'sip' || role === 'colleague' || role === 'unknown') throw notYours();
  return role;
}

const notYours = (): Error =>
  appError('access.denied', 'This identity is not yours. Leave it out to get your own.');
