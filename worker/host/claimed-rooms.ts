import type { CallId } from '#shared/domain/ids.ts';
import type { RetentionProfile } from '#shared/domain/retention.ts';
import { readRoomNote, type RoomNote } from '#shared/domain/rooms.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { RoomAssignment, RoomAssignments } from '#worker/livekit/room-assignment.ts';
import type { Resumption } from '#worker/session/call-needs.ts';
import type { ClaimAnswer } from './call-claims.ts';

export interface ClaimedRoomsDeps {
  readonly assignments: RoomAssignments;
  readonly hostId: string;
  /** @param callId the call of which the room says that it is */
  readonly claim: (roomName: string, callId: CallId | null) => Promise<ClaimAnswer>;
  readonly left: (roomName: string) => void;
  readonly onError: (error: unknown) => void;
}

export interface ClaimedRooms extends RoomAssignments {
  /** What is known of a call that goes on here; handed out once. */
  pastOf(callId: CallId): Resumption | null;
  /** The org's, as it was when the newest room was given; null before the first. */
  profile(): RetentionProfile | null;
}

/**
 * Rooms that this host may join: control is asked about each before it is joined, so that a room that was dispatched twice does
 * not put the host out of it that has the call (HOST26), and a call that is under way is known as such (HOST30).
 */
export function claimedRooms(deps: ClaimedRoomsDeps): ClaimedRooms {
  const { assignments, hostId, claim, left, onError } = deps;
  const roomOfJob = new Map<string, string>();
  const pasts = new Map<CallId, Resumption>();
  let profile: RetentionProfile | null = null;

  const claimed = async (assignment: RoomAssignment): Promise<RoomAssignment | null> => {
    const { jobId, roomName } = assignment;
    const answer = await claim(roomName, readRoomNote(assignment.metadata)?.callId ?? null);
    if (answer.grant === 'refused') {
      assignments.ended(jobId, 'success');
      return null;
    }
    profile = answer.profile;
    roomOfJob.set(jobId, roomName);
    if (answer.grant === 'new') return assignment;
    const { callId, events, present } = answer;
    pasts.set(callId, { events, present, host: hostId, room: roomName });
    const note = noteOf(callId, events);
    // A room that SIP made says nothing of its call; the log does.
    return note ? { ...assignment, metadata: JSON.stringify(note) } : assignment;
  };
  return {
    async *next(signal) {
      for await (const assignment of assignments.next(signal)) {
        const granted = await claimed(assignment).catch((error: unknown) => {
          onError(error);
          assignments.ended(assignment.jobId, 'failed');
          return null;
        });
        if (granted) yield granted;
      }
    },
    running: jobId => assignments.running(jobId),
    ended: (jobId, outcome) => {
      const roomName = roomOfJob.get(jobId);
      roomOfJob.delete(jobId);
      if (roomName !== undefined) left(roomName);
      assignments.ended(jobId, outcome);
    },
    profile: () => profile,
    pastOf: callId => {
      const past = pasts.get(callId) ?? null;
      pasts.delete(callId);
      return past;
    },
  };
}

function noteOf(callId: CallId, events: readonly CallEvent[]): RoomNote | null {
  const ringing = events.find(event => event.type === 'call.ringing');
  if (!ringing) return null;
  const { orgId, line, displayName, simulated, scenario } = ringing;
  return {
    callId,
    orgId,
    line,
    displayName,
    simulated,
    ...(scenario === undefined ? {} : { scenario }),
  };
}
