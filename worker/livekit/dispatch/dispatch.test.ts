import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AssignmentQueue } from './assignment-queue.ts';
import { decodeServerMessage } from './agent-messages.ts';
import { NO_WATCH, stepDispatchWatch, type DispatchWatch, type RoomLook } from './dispatch-watch.ts';
import * as slotsOf from './host-slots.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';

const room = (look: Partial<RoomLook> = {}): RoomLook => ({
  roomName: 'consultation_quote_1_a',
  metadata: '',
  hasCaller: true,
  aiSid: null,
  ...look,
});

function looks(rooms: readonly (readonly [atMs: number, rooms: readonly RoomLook[]])[], start = NO_WATCH) {
  let watch: DispatchWatch = start;
  return rooms.flatMap(([atMono, all]) => {
    const stepped = stepDispatchWatch(watch, { type: 'looked', rooms: all, atMono });
    watch = stepped.watch;
    return stepped.dispatch.map(roomName => `${roomName} at ${String(atMono)}`);
  });
}

test('[HOST8] a caller without an AI is dispatched again after 3, then 6, then 12 s', () => {
  const every500 = Array.from({ length: 80 }, (_, index) => [index * 500, [room()]] as const);
  expect(looks(every500)).toEqual(
    [3000, 9000, 21_000, 33_000].map(at => `${room().roomName} at ${String(at)}`),
  );
});

test('[HOST8] nobody is dispatched for an AI that came, a caller who left or a room that ended', () => {
  const came = room({ aiSid: 'PA_1' });
  expect(
    looks([
      [0, [room()]],
      [2900, [came]],
      [9000, [came]],
    ]),
  ).toEqual([]);
  expect(
    looks([
      [0, [room()]],
      [2900, [room({ hasCaller: false })]],
      [9000, [room()]],
      [11_900, [room()]],
    ]),
  ).toEqual([]);
  expect(
    looks([
      [0, [room()]],
      [2900, []],
      [9000, [room()]],
    ]),
  ).toEqual([]);
});

test('[HOST8] an AI that is lost later counts from when it was missed', () => {
  expect(
    looks([
      [0, [room({ aiSid: 'PA_1' })]],
      [5000, [room()]],
      [7900, [room()]],
      [8000, [room()]],
    ]),
  ).toEqual([`${room().roomName} at 8000`]);
});

test('[HOST9] the AI of a dead host is not taken for one, the next is', () => {
  const served = stepDispatchWatch(NO_WATCH, { type: 'looked', rooms: [room({ aiSid: 'PA_1' })], atMono: 0 });
  const lost = stepDispatchWatch(served.watch, {
    type: 'host.lost',
    roomNames: [room().roomName],
    atMono: 1000,
  });
  expect(lost.dispatch).toEqual([room().roomName]);
  const ghost = room({ aiSid: 'PA_1' });
  expect(
    looks(
      [
        [2000, [ghost]],
        [4000, [ghost]],
      ],
      lost.watch,
    ),
  ).toEqual([`${room().roomName} at 4000`]);
  expect(
    looks(
      [
        [2000, [ghost]],
        [2500, [room({ aiSid: 'PA_2' })]],
        [9000, [room({ aiSid: 'PA_2' })]],
      ],
      lost.watch,
    ),
  ).toEqual([]);
});

test('[HOST2][HOST3] only a full host says it has nothing left, and never holds more than it can', () => {
  const step = fc.record({
    what: fc.constantFrom('promise', 'take', 'free'),
    job: fc.integer({ min: 0, max: 6 }),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(step),
      fc.double({ min: 0, max: 3, noNaN: true }),
      (capacity, steps, busy) => {
        let slots = slotsOf.emptySlots(capacity);
        for (const { what, job } of steps) {
          const id = String(job);
          if (what === 'promise' && !slotsOf.isFull(slots)) slots = slotsOf.promise(slots, id);
          if (what === 'take' && slots.promised.has(id)) slots = slotsOf.take(slots, id);
          if (what === 'free') slots = slotsOf.free(slots, id);
          expect(slotsOf.usedSlots(slots)).toBeLessThanOrEqual(capacity);
          expect(slotsOf.loadOf(slots, busy) === 1).toBe(slotsOf.isFull(slots));
        }
        expect(slotsOf.forgetPromises(slots).taken).toEqual(slots.taken);
      },
    ),
  );
});

test('[HOST4] tries come ever less often, and at least every 5 s', () => {
  expect([0, 1, 2, 3].map(failures => reconnectDelayMs(failures, 1))).toEqual([250, 500, 1000, 2000]);
  fc.assert(
    fc.property(fc.nat(5000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, lot) => {
      const delayMs = reconnectDelayMs(failures, lot);
      expect(delayMs).toBeGreaterThanOrEqual(125);
      expect(delayMs).toBeLessThanOrEqual(5000);
    }),
  );
});

test('[HOST7] rooms are kept until they are asked for, and asking ends with its signal', async () => {
  const queue = new AssignmentQueue();
  const given = (jobId: string) => ({
    jobId,
    dispatchId: '',
    roomName: '',
    url: '',
    token: '',
    metadata: '',
  });
  queue.push(given('1'));
  queue.push(given('2'));
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const { jobId } of queue.next(stop.signal)) {
    seen.push(jobId);
    if (jobId === '2') setImmediate(() => queue.push(given('3')));
    if (jobId === '3') setImmediate(() => stop.abort());
  }
  expect(seen).toEqual(['1', '2', '3']);
});

test('[HOST1] what is no message of the protocol is nothing', () => {
  expect(decodeServerMessage(new Uint8Array([255, 255, 255]))).toBeNull();
});
