import type { RoomAssignment, RoomAssignments } from '#worker/livekit/room-assignment.ts';
import { EventQueue } from '#worker/telephony/event-queue.ts';

export interface FakeRoomAssignments extends RoomAssignments {
  readonly told: string[];
  give(assignment: RoomAssignment): void;
}

/** LiveKit's dispatcher as a test plays it. */
export function fakeRoomAssignments(): FakeRoomAssignments {
  const queue = new EventQueue<RoomAssignment>();
  const told: string[] = [];
  return {
    told,
    give: assignment => queue.put(assignment),
    next: signal => queue.read(signal),
    running: jobId => void told.push(`${jobId} running`),
    ended: (jobId, outcome) => void told.push(`${jobId} ${outcome}`),
  };
}
