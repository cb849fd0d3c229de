import type { MicrophoneStream, PeopleInRooms } from '#shared/adapters/media-plane.ts';
import type { UserId } from '#shared/domain/ids.ts';
import { roleOf } from '#shared/domain/rooms.ts';
import type { RoomAssignment } from './room-assignment.ts';
import type { WorkerRoom } from './worker-room.ts';

/** The rooms this process is in, by name. */
export interface RoomBook extends PeopleInRooms {
  /** The same way in, and the room is in the book until it is left or closed. */
  joining(
    join: (assignment: RoomAssignment) => Promise<WorkerRoom>,
  ): (assignment: RoomAssignment) => Promise<WorkerRoom>;
  roomOf(roomName: string): WorkerRoom | null;
}

export function createRoomBook(): RoomBook {
  const rooms = new Map<string, WorkerRoom>();
  const enter = (room: WorkerRoom): WorkerRoom => {
    const listed: WorkerRoom = {
      ...room,
      leave: () => {
        forget();
        return room.leave();
      },
    };
    const forget = (): void => {
      if (rooms.get(room.roomName) === listed) rooms.delete(room.roomName);
    };
    rooms.set(room.roomName, listed);
    room.onFact(fact => {
      if (fact.type === 'room.closed') forget();
    });
    return listed;
  };
  return {
    joining: join => async assignment => enter(await join(assignment)),
    roomOf: roomName => rooms.get(roomName) ?? null,
    follow: (roomName, openMicrophone) => {
      const room = rooms.get(roomName);
      return room ? followPeople(room, openMicrophone) : null;
    },
  };
}

/**
 * Takes the voices of people of ours who speak in the room to where they are recorded and metered (ROOM13). Whether anybody may
 * hear them is not decided here: the microphone drops what has no edge.
 */
export function followPeople(
  room: WorkerRoom,
  openMicrophone: (userId: UserId) => MicrophoneStream,
): () => void {
  const speaking = new Map<string, () => void>();
  const stop = (identity: string): void => {
    speaking.get(identity)?.();
    speaking.delete(identity);
  };
  const stopFacts = room.onFact(fact => {
    if (fact.type === 'member.left') stop(fact.member.identity);
    if (fact.type !== 'member.joined') return;
    const { identity } = fact.member;
    const role = roleOf(identity);
    if (role.role !== 'live' || speaking.has(identity)) return;
    const microphone = openMicrophone(role.userId);
    const stopHearing = room.hear(identity, samples => microphone.push(samples));
    speaking.set(identity, () => {
      stopHearing();
      microphone.close();
    });
  });
  return () => {
    stopFacts();
    for (const identity of [...speaking.keys()]) stop(identity);
  };
}
