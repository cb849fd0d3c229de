import { expect, test } from 'vitest';
import type { UserId } from '#shared/domain/ids.ts';
import { liveIdentity, monitorIdentity } from '#shared/domain/rooms.ts';
import { fakeWorkerRoom } from '#tests/fakes/fake-worker-room.ts';
import { createRoomBook, followPeople } from './room-book.ts';

const ANNA = 'anna' as UserId;
const BEN = 'ben' as UserId;
const frame = (value: number): Int16Array => new Int16Array(320).fill(value);

function microphones() {
  const open = new Map<UserId, number[]>();
  return {
    open,
    openMicrophone: (userId: UserId) => {
      const heard: number[] = [];
      open.set(userId, heard);
      return {
        push: (samples: Int16Array) => void heard.push(samples[0] ?? 0),
        close: () => void open.delete(userId),
        droppedFrames: 0,
      };
    },
  };
}

test('[ROOM13] whoever of ours speaks in the room is taken to their microphone, and nobody else', () => {
  const room = fakeWorkerRoom();
  const { open, openMicrophone } = microphones();
  room.join({ identity: liveIdentity(ANNA) });
  const stop = followPeople(room, openMicrophone);
  room.join({ identity: liveIdentity(BEN) });
  room.join({ identity: 'caller-1' });
  room.join({ identity: monitorIdentity(ANNA) });
  room.speak(liveIdentity(ANNA), frame(1));
  room.speak(liveIdentity(BEN), frame(2));
  room.speak('caller-1', frame(3));
  expect([...open]).toEqual([
    [ANNA, [1]],
    [BEN, [2]],
  ]);
  room.goAway(liveIdentity(BEN), 1);
  expect([...open.keys()]).toEqual([ANNA]);
  room.join({ identity: liveIdentity(BEN) });
  room.speak(liveIdentity(BEN), frame(4));
  expect(open.get(BEN)).toEqual([4]);
  const anna = open.get(ANNA);
  stop();
  room.speak(liveIdentity(ANNA), frame(5));
  room.join({ identity: liveIdentity('carl' as UserId) });
  expect(open.size).toBe(0);
  expect(anna).toEqual([1]);
});

test('[ROOM13] a room is in the book from the join until it is left or closed', async () => {
  const book = createRoomBook();
  const assignment = { jobId: '', dispatchId: '', url: '', token: '', metadata: '' };
  const join = book.joining(({ roomName }) => Promise.resolve(fakeWorkerRoom(roomName)));
  const left = await join({ ...assignment, roomName: 'left' });
  expect(book.roomOf('left')).toBe(left);
  expect(book.follow('unknown', () => microphones().openMicrophone(ANNA))).toBeNull();
  await left.leave();
  expect(book.roomOf('left')).toBeNull();
  const closing = fakeWorkerRoom('closed');
  await book.joining(() => Promise.resolve(closing))({ ...assignment, roomName: 'closed' });
  expect(book.roomOf('closed')).not.toBeNull();
  closing.tell({ type: 'room.closed', reason: 5 });
  expect(book.roomOf('closed')).toBeNull();
});
