import { ParticipantKind, type RemoteParticipant, type Room } from '@livekit/rtc-node';
import { audioState } from './member-audio.ts';
import type { MemberState, RoomSnapshot } from './room-facts.ts';
import type { RoomMember } from './worker-room.ts';

/** Everybody in the room as LiveKit's client has them now. Hidden ones are not among them. */
export function snapshotOf(room: Room): RoomSnapshot {
  return new Map(
    [...room.remoteParticipants.values()].map((participant): [string, MemberState] => [
      participant.identity,
      { member: memberOf(participant), audio: audioState(participant) },
    ]),
  );
}

function memberOf(participant: RemoteParticipant): RoomMember {
  const { identity, name, attributes, kind } = participant;
  return { identity, name: name ?? '', kind: kindOf(kind), attributes: { ...attributes } };
}

function kindOf(kind: ParticipantKind): RoomMember['kind'] {
  switch (kind) {
    case ParticipantKind.STANDARD:
      return 'standard';
    case ParticipantKind.SIP:
      return 'sip';
    case ParticipantKind.AGENT:
      return 'agent';
    default:
      return 'other';
  }
}
