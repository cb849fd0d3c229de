import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  mosOf,
  mosOfRating,
  qualityOf,
  ratingOf,
  windowBetween,
  type LineCounters,
  type LineQuality,
} from './call-quality.ts';
import { NO_ALERT, stepQualityAlert } from './quality-alert.ts';

const GOOD: LineQuality = { lossRatio: 0, jitterMs: 0, roundTripMs: 0, bufferMs: 0 };

describe('the score', () => {
  test.each([
    { what: 'nothing but the fixed delay', quality: GOOD, rating: 92.95, mos: 4.4 },
    { what: 'a good line', quality: { ...GOOD, roundTripMs: 40, bufferMs: 40 }, rating: 91.45, mos: 4.37 },
    { what: 'the knee, from below', quality: { ...GOOD, bufferMs: 149.999 }, rating: 89.2, mos: 4.32 },
    { what: 'the knee, from above', quality: { ...GOOD, bufferMs: 150 }, rating: 89.2, mos: 4.32 },
    { what: '5 % lost', quality: { ...GOOD, lossRatio: 0.05 }, rating: 80.45, mos: 4.04 },
    { what: 'half a second', quality: { ...GOOD, roundTripMs: 400, bufferMs: 300 }, rating: 54.2, mos: 2.8 },
    {
      what: 'jitter where the buffer is not ours',
      quality: { ...GOOD, jitterMs: 100, bufferMs: null },
      rating: 84.2,
      mos: 4.17,
    },
    { what: 'half lost', quality: { ...GOOD, lossRatio: 0.5 }, rating: -32.05, mos: 1 },
  ])('[MOS1] $what', ({ quality, rating, mos }) => {
    expect(ratingOf(quality)).toBeCloseTo(rating, 3);
    expect(mosOf(quality)).toBeCloseTo(mos, 1);
  });

  const anything = fc.oneof(fc.double({ min: 0, max: 2000 }), fc.double());
  const lineQuality = fc.record({
    lossRatio: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double()),
    jitterMs: anything,
    roundTripMs: anything,
    bufferMs: fc.oneof(fc.constant(null), anything),
  });

  test('[MOS1] is between 1 and 4.5 and always a number, whatever it is given', () => {
    fc.assert(
      fc.property(lineQuality, fc.double(), (quality, rating) => {
        for (const mos of [mosOf(quality), mosOfRating(rating)]) {
          expect(mos).toBeGreaterThanOrEqual(1);
          expect(mos).toBeLessThanOrEqual(4.5);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('[MOS1] is never better where any one thing is worse', () => {
    const fields = fc.constantFrom('lossRatio', 'jitterMs', 'roundTripMs', 'bufferMs');
    const more = fc.double({ min: 0, max: 500, noNaN: true });
    fc.assert(
      fc.property(lineQuality, fields, more, (quality, field, added) => {
        const by = field === 'lossRatio' ? added / 500 : added;
        const worse = { ...quality, [field]: Math.max(0, quality[field] ?? 0) + by };
        if (quality[field] === null) return;
        expect(mosOf(worse)).toBeLessThanOrEqual(mosOf(quality) + 1e-12);
      }),
      { numRuns: 2000 },
    );
  });
});

const FIRST: LineCounters = {
  streamId: 1,
  packets: 100,
  packetsLost: 2,
  jitterMs: 3,
  roundTripMs: 40,
  bufferDelayMs: 4000,
  bufferedSamples: 100,
};
const LATER = { ...FIRST, packets: 200, packetsLost: 7, bufferDelayMs: 10_000, bufferedSamples: 200 };

describe('differences of counters', () => {
  test('[MOS2] are what happened in between', () => {
    const window = windowBetween(FIRST, LATER);
    expect(window).toMatchObject({ packets: 100, packetsLost: 5 });
    expect(qualityOf(window ? [window] : [])).toEqual({
      lossRatio: 0.05,
      jitterMs: 3,
      roundTripMs: 40,
      bufferMs: 60,
    });
  });

  test('[MOS2] a new stream, counters that fell and a stream that stands still are no window', () => {
    expect(windowBetween(FIRST, { ...LATER, streamId: 2 })).toBeNull();
    expect(windowBetween(FIRST, { ...LATER, packets: 50 })).toBeNull();
    expect(windowBetween(FIRST, { ...LATER, bufferedSamples: 10 })).toBeNull();
    expect(windowBetween(FIRST, FIRST)).toBeNull();
    expect(qualityOf([])).toBeNull();
  });

  test('[MOS2] a lost packet that comes after all takes nothing from the rest, and a buffer that is not ours has no wait', () => {
    const window = windowBetween(FIRST, { ...FIRST, packets: 200, packetsLost: 1 });
    expect(qualityOf(window ? [window] : [])).toMatchObject({ lossRatio: 0, bufferMs: null });
  });

  test('[MOS2] nothing is negative, and windows one after the other lose what the whole of them loses', () => {
    const count = fc.nat(1000);
    const growth = fc.record({ packets: count, packetsLost: count, delay: count, samples: count });
    fc.assert(
      fc.property(fc.array(growth, { minLength: 1, maxLength: 10 }), growths => {
        let before = FIRST;
        const windows = growths.flatMap(({ packets, packetsLost, delay, samples }) => {
          const after = {
            ...before,
            packets: before.packets + packets + 1,
            packetsLost: before.packetsLost + Math.min(packets, packetsLost),
            bufferDelayMs: before.bufferDelayMs + delay,
            bufferedSamples: before.bufferedSamples + samples,
          };
          const window = windowBetween(before, after);
          before = after;
          return window ?? [];
        });
        const whole = windowBetween(FIRST, before);
        const quality = qualityOf(windows);
        expect(quality?.lossRatio).toBeCloseTo(qualityOf(whole ? [whole] : [])?.lossRatio ?? -1, 9);
        for (const value of Object.values(quality ?? {})) expect(value ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('[MOS2] counters of any two streams give no figure that is not one', () => {
    const counters = fc.record({
      streamId: fc.nat(2),
      packets: fc.nat(),
      packetsLost: fc.integer(),
      jitterMs: fc.double(),
      roundTripMs: fc.double({ noNaN: true }),
      bufferDelayMs: fc.nat(),
      bufferedSamples: fc.nat(),
    });
    fc.assert(
      fc.property(counters, counters, (before, after) => {
        const window = windowBetween(before, after);
        for (const value of Object.values(qualityOf(window ? [window] : []) ?? {}))
          expect(value ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('the alert', () => {
  /** One reading per 10 s. */
  const poorAfter = (scores: readonly number[]): boolean[] => {
    let alert = NO_ALERT;
    return scores.map((mos, index) => {
      alert = stepQualityAlert(alert, { atMs: index * 10_000, windowMs: 10_000, mos });
      return alert.poor;
    });
  };

  test('[MOS3] needs 30 s below 3.8, and 4.0 over 30 s to be over', () => {
    expect(poorAfter([3, 3, 3])).toEqual([false, false, true]);
    expect(poorAfter([4.4, 4.4, 3.7, 3.7, 3.7])).toEqual([false, false, false, false, true]);
    expect(poorAfter([3, 3, 3, 3.9, 3.9, 3.9])).toEqual([false, false, true, true, true, true]);
    expect(poorAfter([3, 3, 3, 4.4, 4.4, 4.4])).toEqual([false, false, true, true, true, false]);
    expect(poorAfter([3.81, 3.8, 3.81])).toEqual([false, false, false]);
  });

  test('[MOS3] does not count what is longer ago, however few readings there are', () => {
    const long = [0, 100_000, 200_000, 300_000].map(atMs => ({ atMs, windowMs: 10_000, mos: 1 }));
    expect(long.reduce(stepQualityAlert, NO_ALERT)).toEqual({ poor: false, readings: long.slice(-1) });
  });

  test('[MOS3] between the two bounds it stays what it was', () => {
    const between = fc.array(fc.double({ min: 3.81, max: 3.99, noNaN: true }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(between, scores => {
        expect(poorAfter([4.4, 4.4, 4.4, ...scores]).at(-1)).toBe(false);
        expect(poorAfter([3.5, 3.5, 3.5, ...scores]).at(-1)).toBe(true);
      }),
    );
  });
});
