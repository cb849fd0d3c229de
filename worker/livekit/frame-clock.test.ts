import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { createFrameQueue, startFrameClock } from './frame-clock.ts';

const FRAME = 320;
const numbered = (value: number): Int16Array => new Int16Array(FRAME).fill(value);
const valuesOf = (frames: readonly Int16Array[]): number[] => frames.map(frame => frame[0] ?? 0);

test('[ROOM11] one frame for each 20 ms, whatever comes and whenever somebody looks; what came sounds in order', () => {
  const step = fc.record({
    passMs: fc.integer({ min: 0, max: 900 }),
    frames: fc.integer({ min: 0, max: 12 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const queue = createFrameQueue(0);
      let nowMs = 0;
      let pushed = 0;
      const out: Int16Array[] = [];
      for (const { passMs, frames } of steps) {
        nowMs += passMs;
        for (let index = 0; index < frames; index += 1) queue.push(numbered(1000 + (pushed += 1)), nowMs);
        out.push(...queue.due(nowMs));
        expect(out.length).toBe(Math.floor(nowMs / 20));
      }
      const sounded = valuesOf(out).filter(value => value !== 0);
      expect(sounded).toEqual([...new Set(sounded)].sort((a, z) => a - z));
      expect(out.every(frame => frame.length === FRAME)).toBe(true);
      // What neither sounded nor was dropped still waits, and that is little.
      const waiting = pushed - sounded.length - queue.figures().droppedFrames;
      expect(waiting).toBeGreaterThanOrEqual(0);
      expect(waiting).toBeLessThanOrEqual(5);
    }),
    { numRuns: 500 },
  );
});

test('[ROOM12] what comes evenly is whole; what comes with jitter makes it wait longer, up to 100 ms, and is whole then', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 55 }), { minLength: 200, maxLength: 300 }), jitters => {
      const queue = createFrameQueue(0);
      const arrivals = jitters.map((jitterMs, index) => ({
        atMs: 20 * index + jitterMs,
        value: 1000 + index,
      }));
      // A stream keeps its order: nothing overtakes.
      arrivals.forEach(
        (arrival, index) => (arrival.atMs = Math.max(arrival.atMs, arrivals[index - 1]?.atMs ?? 0)),
      );
      const out: number[] = [];
      for (let nowMs = 0; nowMs <= 20 * jitters.length; nowMs += 1) {
        while ((arrivals[0]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs)
          queue.push(numbered(arrivals.shift()?.value ?? 0), nowMs);
        out.push(...valuesOf(queue.due(nowMs)));
      }
      const { underruns, depth, droppedFrames } = queue.figures();
      expect(underruns).toBeLessThanOrEqual(3);
      expect(depth).toBeLessThanOrEqual(5);
      expect(droppedFrames).toBe(0);
      const last = out.at(-1) ?? 0;
      expect(1000 + jitters.length - last).toBeLessThanOrEqual(2 + 5 + 3);
    }),
    { numRuns: 200 },
  );
});

test('[ROOM12] somebody who stops speaking is no hole, and after a calm time less waits again', () => {
  const queue = createFrameQueue(0);
  let nowMs = 0;
  const feed = (ms: number, frames: boolean): void => {
    for (const until = nowMs + ms; nowMs < until; nowMs += 20) {
      if (frames) queue.push(numbered(1), nowMs);
      queue.due(nowMs);
    }
  };
  feed(500, true);
  feed(1000, false);
  feed(500, true);
  expect(queue.figures()).toMatchObject({ underruns: 0, depth: 1 });
  feed(120, false);
  feed(500, true);
  expect(queue.figures()).toMatchObject({ underruns: 1, depth: 2 });
  feed(11_000, true);
  expect(queue.figures().depth).toBe(1);
});

test('[ROOM12] after a stall what came meanwhile sounds in full, and its delay is taken out of silence', () => {
  const queue = createFrameQueue(0);
  // Nobody could look for 300 ms, in which fifteen frames came.
  for (let index = 0; index < 15; index += 1) queue.push(numbered(100 + index), 300);
  expect(valuesOf(queue.due(300))).toEqual(Array.from({ length: 15 }, (_, index) => 100 + index));
  // Five more than needed: the next pause of the speaker is shorter by what is too much.
  for (let index = 0; index < 5; index += 1) queue.push(numbered(200 + index), 301);
  for (let index = 0; index < 5; index += 1) queue.push(numbered(0), 302);
  const after = valuesOf(queue.due(500));
  expect(after.filter(value => value !== 0)).toEqual([200, 201, 202, 203, 204]);
  expect(queue.figures().droppedFrames).toBe(5);
});

test('[ROOM11] a machine that slept goes on from now', () => {
  const queue = createFrameQueue(0);
  expect(queue.due(3_600_000).length).toBe(50);
  expect(queue.due(3_600_020).length).toBe(1);
});

test('[ROOM11] the running clock keeps an absolute schedule and stops when told, even from within a frame', () => {
  const clock = createVirtualClock();
  let frames = 0;
  const line = startFrameClock(clock, () => {
    frames += 1;
    if (frames === 60) line.stop();
  });
  clock.advance(1000);
  expect(frames).toBe(50);
  clock.advance(1000);
  expect(frames).toBe(60);
});
