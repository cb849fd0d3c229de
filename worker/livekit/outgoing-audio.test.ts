import fc from 'fast-check';
import { expect, test } from 'vitest';
import { msOf, samplesOf } from '#shared/domain/audio-format.ts';
import { createOutgoingAudio, HANDED_SAMPLES } from './outgoing-audio.ts';

const FRAME = 320;
const HANDED_MS = msOf(HANDED_SAMPLES);

/** A wire that takes what is handed over and plays it at its own pace. */
function bench() {
  const outgoing = createOutgoingAudio();
  const sent: number[] = [];
  let wireMs = 0;
  let dryMs = 0;
  let nowMs = 0;
  let mostAheadMs = 0;
  const handOver = (): void => {
    for (let samples = outgoing.next(nowMs); samples; samples = outgoing.next(nowMs)) {
      expect(samples.length).toBe(HANDED_SAMPLES);
      sent.push(...samples);
      wireMs += HANDED_MS;
      mostAheadMs = Math.max(mostAheadMs, wireMs);
    }
  };
  return {
    outgoing,
    sent,
    handOver,
    push: (value: number) => {
      outgoing.push(new Int16Array(FRAME).fill(value), nowMs);
      handOver();
    },
    clear: () => {
      outgoing.clear(nowMs);
      wireMs = 0;
    },
    /** Time passes; the feeder wakes when it said it would. */
    wait: (ms: number) => {
      for (let passed = 0; passed < ms; passed += 1) {
        nowMs += 1;
        dryMs += wireMs < 1 ? 1 : 0;
        wireMs = Math.max(0, wireMs - 1);
        if (nowMs >= outgoing.dueAtMono()) handOver();
      }
    },
    dryMs: () => dryMs,
    mostAheadMs: () => mostAheadMs,
  };
}

test('[ROOM1] the wire never runs dry and never holds more than 120 ms, however irregular the producer is', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 80 }), gaps => {
      const b = bench();
      b.handOver();
      gaps.forEach((gapMs, index) => {
        b.wait(gapMs);
        b.push(1000 + index);
      });
      expect(b.dryMs()).toBe(0);
      expect(b.mostAheadMs()).toBeLessThanOrEqual(120);
    }),
  );
});

test('[ROOM2] what sounds is what was played, in order, and whole where the producer keeps the pace', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 40, maxLength: 80 }), jitters => {
      const b = bench();
      b.handOver();
      let lateMs = 0;
      jitters.forEach((jitterMs, index) => {
        b.wait(20 + jitterMs - lateMs);
        lateMs = jitterMs;
        b.push(1000 + index);
      });
      b.wait(200);
      const heard = b.sent.filter(sample => sample !== 0);
      expect(heard).toEqual([...heard].sort((a, z) => a - z));
      expect(heard.length + b.outgoing.droppedSamples()).toBe(jitters.length * FRAME);
      expect(b.outgoing.droppedSamples()).toBe(0);
      // What was filled in has put the track ahead, so it is not much in all.
      const words = b.sent.slice(b.sent.indexOf(1000), b.sent.lastIndexOf(1000 + jitters.length - 1) + 1);
      expect(words.filter(sample => sample === 0).length).toBeLessThanOrEqual(samplesOf(100));
    }),
  );
});

test('[ROOM2] a producer that keeps the pace is not interrupted once the track is ahead, and waits less than 80 ms', () => {
  const b = bench();
  b.handOver();
  for (let index = 0; index < 100; index += 1) {
    b.wait(20);
    b.push(1000 + index);
  }
  const settled = b.sent.slice(b.sent.indexOf(1005));
  expect(settled.includes(0)).toBe(false);
  expect(b.mostAheadMs()).toBeLessThanOrEqual(80);
});

test('[ROOM2] after a stall that is made up for, silence is left out until the delay has gone, and no word is', () => {
  const b = bench();
  b.handOver();
  for (let index = 0; index < 20; index += 1) {
    b.wait(20);
    b.push(1000 + index);
  }
  // Six frames at once, after 120 ms of nothing.
  b.wait(120);
  for (let index = 20; index < 26; index += 1) b.push(1000 + index);
  for (let index = 0; index < 20; index += 1) {
    b.wait(20);
    b.push(index < 10 ? 0 : 2000 + index);
  }
  b.wait(300);
  const heard = new Set(b.sent);
  for (let index = 0; index < 26; index += 1) expect(heard.has(1000 + index)).toBe(true);
  for (let index = 10; index < 20; index += 1) expect(heard.has(2000 + index)).toBe(true);
});

test('[ROOM2] of too much the oldest goes, and after a clear nothing from before is handed over', () => {
  const b = bench();
  b.handOver();
  for (let index = 0; index < 50; index += 1) b.push(1000 + index);
  b.wait(110);
  expect(b.outgoing.droppedSamples()).toBeGreaterThan(samplesOf(500));
  const cleared = b.sent.length;
  expect(new Set(b.sent.slice(cleared - samplesOf(40)))).toEqual(new Set([1047, 1048]));
  b.clear();
  b.wait(100);
  b.push(5000);
  b.wait(200);
  expect(new Set(b.sent.slice(cleared))).toEqual(new Set([0, 5000]));
});
