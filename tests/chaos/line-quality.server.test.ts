import { afterEach, expect, test, vi } from 'vitest';
import { buildServer } from '#infra/livekit/build-servers.ts';
import {
  LINE_DIRECTIONS,
  mosOf,
  qualityOf,
  windowBetween,
  type LineDirection,
  type LineQuality,
  type LineSample,
} from '#shared/domain/call-quality.ts';
import { callerIdentity, liveIdentity } from '#shared/domain/rooms.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import { roomAssignment } from '#tests/fixtures/livekit/room-server.ts';
import { PATIENCE, untilHeard } from '#tests/fixtures/livekit/tones.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { joinRoom } from '#worker/livekit/rtc-worker-room.ts';
import type { WorkerRoom } from '#worker/livekit/worker-room.ts';
import { openBadNetwork, type BadNetwork } from './bad-network.ts';

const CALLER = callerIdentity('c1' as CallId);
const FRAME_SAMPLES = 320;
const AI_HZ = 1100;
const BAD = { lossRatio: 0.05, lossRunPackets: 1.5, delayMs: 50, jitterMs: 20, reorderRatio: 0.01 };

let network: BadNetwork | null = null;
const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task();
  await network?.close();
  network = null;
});

type BothWays = Readonly<Record<LineDirection, LineQuality>>;

/** The worker in a room, whose AI sounds without a break. */
async function workerIn(here: BadNetwork): Promise<WorkerRoom> {
  const room = await joinRoom(await roomAssignment(here.server(), 'room-1'), {
    clock: systemClock,
    onError: error => {
      throw error;
    },
  });
  cleanUp.push(() => room.leave());
  let sample = 0;
  const line = setInterval(() => room.play(toneFrame(AI_HZ, (sample += FRAME_SAMPLES))), 20);
  cleanUp.push(() => clearInterval(line));
  return room;
}

async function known(room: WorkerRoom): Promise<Record<LineDirection, NonNullable<LineSample['to-caller']>>> {
  return vi.waitFor(async () => {
    const sample = await room.measure(CALLER);
    if (!sample?.['from-caller'] || !sample['to-caller']) throw new Error('nothing is known yet');
    return { 'from-caller': sample['from-caller'], 'to-caller': sample['to-caller'] };
  }, PATIENCE);
}

/** How the line was over the next 300 packets of both directions. */
async function qualityNow(room: WorkerRoom): Promise<BothWays> {
  const before = await known(room);
  return vi.waitFor(async () => {
    const after = await known(room);
    const of = (direction: LineDirection): LineQuality => {
      const window = windowBetween(before[direction], after[direction]);
      const quality = qualityOf(window && window.packets >= 300 ? [window] : []);
      if (!quality) throw new Error('too little has been sent');
      return quality;
    };
    return { 'from-caller': of('from-caller'), 'to-caller': of('to-caller') };
  }, PATIENCE);
}

const ATTEMPTS = 12;

/** How the line is once it is like this in both directions: buffers and what the server tells follow a change slowly. */
async function qualityOnce(
  room: WorkerRoom,
  isSo: (quality: LineQuality, direction: LineDirection) => boolean,
): Promise<BothWays> {
  let seen: BothWays | null = null;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const now = (seen = await qualityNow(room));
    if (LINE_DIRECTIONS.every(direction => isSo(now[direction], direction))) return now;
  }
  throw new Error(`The line never became so: ${JSON.stringify(seen)}`);
}

test(
  '[MOS9] 5 % loss and 50 ms on the way are a worse line, in both directions',
  { timeout: 240_000 },
  async context => {
    const built = buildServer('server');
    if (!built.ok) return context.skip(built.reason);
    network = await openBadNetwork(built.file, 23);
    const caller = await network.join(CALLER);
    await caller.speak(440);
    const room = await workerIn(network);
    await untilHeard(() => caller.heard('ai'), AI_HZ);
    const good = await qualityOnce(room, quality => quality.lossRatio < 0.005 && mosOf(quality) > 4);
    network.relay.set(BAD);
    const bad = await qualityOnce(
      room,
      (quality, direction) =>
        quality.lossRatio > 0.01 &&
        quality.roundTripMs >= 2 * BAD.delayMs &&
        mosOf(quality) < mosOf(good[direction]) - 0.1,
    );
    // Twice as much would not be right either: what is reported is what the network does.
    for (const direction of LINE_DIRECTIONS) expect(bad[direction].lossRatio, direction).toBeLessThan(0.15);
  },
);

test(
  '[MOS5] the voice of a person of ours in the room is never taken for the caller’s',
  { timeout: 180_000 },
  async context => {
    const built = buildServer('server');
    if (!built.ok) return context.skip(built.reason);
    network = await openBadNetwork(built.file, 29);
    const caller = await network.join(CALLER);
    await caller.speak(440);
    const room = await workerIn(network);
    const { 'from-caller': first } = await known(room);
    const person = await network.join(liveIdentity('u1' as UserId));
    await person.speak(660);
    await untilHeard(() => caller.heard(liveIdentity('u1' as UserId)), 660);
    expect((await known(room))['from-caller'].streamId).toBe(first.streamId);
    await caller.unpublish();
    await vi.waitFor(async () => {
      expect((await room.measure(CALLER))?.['from-caller']).toBeNull();
    }, PATIENCE);
    // The person is the only voice now, and still not the caller.
    expect((await room.measure(CALLER))?.['from-caller']).toBeNull();
    expect((await room.measure(CALLER))?.['to-caller']).not.toBeNull();
  },
);

test(
  '[MOS2] a media server that is killed and started again fails no look, and what is counted then is a new stream',
  { timeout: 180_000 },
  async context => {
    const built = buildServer('server');
    if (!built.ok) return context.skip(built.reason);
    network = await openBadNetwork(built.file, 31);
    const caller = await network.join(CALLER);
    await caller.speak(440);
    const room = await workerIn(network);
    const before = await known(room);
    const failures: unknown[] = [];
    const look = (): Promise<LineSample | null> =>
      room.measure(CALLER).catch((error: unknown) => {
        failures.push(error);
        return null;
      });
    const facts: string[] = [];
    room.onFact(fact => void (fact.type === 'connection' && facts.push(fact.state)));
    await network.killServer();
    await vi.waitFor(async () => {
      await look();
      expect(facts).toContain('reconnecting');
    }, PATIENCE);
    await network.startServer();
    await vi.waitFor(
      async () => {
        const after = await look();
        for (const direction of LINE_DIRECTIONS) {
          const now = after?.[direction];
          if (!now) throw new Error('nothing is known yet');
          expect(now.streamId, direction).not.toBe(before[direction].streamId);
          expect(windowBetween(before[direction], now), direction).toBeNull();
        }
      },
      { timeout: 90_000, interval: 100 },
    );
    // One would end the looking for the rest of the call.
    expect(failures).toEqual([]);
  },
);
