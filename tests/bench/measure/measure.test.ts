import { expect, test } from 'vitest';
import { seededRandom } from '#shared/base/random.ts';
import { percentile } from '../figure.ts';
import { bootstrapInterval } from './bootstrap-interval.ts';
import { clockOffset } from './clock-offset.ts';
import { foreignRatio, idleRatio } from './quiet.ts';

test('[BEN1] a percentile is a sample, and an answer that never came counts as infinity', () => {
  const samples = [5, 1, 4, 2, 3];
  expect([0, 0.2, 0.5, 0.95, 1].map(ratio => percentile(samples, ratio))).toEqual([1, 1, 3, 5, 5]);
  expect(percentile([1, 2, Number.POSITIVE_INFINITY], 0.95)).toBe(Number.POSITIVE_INFINITY);
  expect(percentile([], 0.5)).toBeNaN();
  expect(samples).toEqual([5, 1, 4, 2, 3]);
});

test('[BEN2] the offset of another clock comes from the shortest round trip, and its error is half of that', () => {
  const trueOffsetMs = 1000;
  const random = seededRandom(3);
  const trips = Array.from({ length: 200 }, (_, at) => {
    const askedMs = at * 10;
    const thereMs = random() * 8;
    const backMs = random() * 8;
    return {
      askedMs,
      otherMs: askedMs + thereMs - trueOffsetMs,
      answeredMs: askedMs + thereMs + backMs,
    };
  });
  const { offsetMs, boundMs } = clockOffset(trips);
  expect(Math.abs(offsetMs - trueOffsetMs)).toBeLessThanOrEqual(boundMs);
  expect(boundMs).toBeLessThan(1);
  expect(() => clockOffset([])).toThrow(RangeError);
});

test('[BEN3] the interval of repeats holds their median, is the same for the same seed and narrows with agreement', () => {
  const apart = [10, 12, 9, 30, 11];
  const interval = bootstrapInterval(apart, seededRandom(1));
  expect(interval).toEqual(bootstrapInterval(apart, seededRandom(1)));
  expect(interval.low).toBeLessThanOrEqual(11);
  expect(interval.high).toBeGreaterThanOrEqual(11);
  expect(bootstrapInterval([5, 5, 5], seededRandom(1))).toEqual({ low: 5, high: 5 });
  expect(bootstrapInterval([], seededRandom(1)).low).toBeNaN();
});

test('[BEN4] what others took while a bench ran is all that was busy less its own, whatever the machine was before', () => {
  expect(foreignRatio(1000, 400, 2000)).toBe(0.3);
  expect(foreignRatio(400, 400, 2000)).toBe(0);
  expect(foreignRatio(390, 400, 2000)).toBe(0);
  expect(foreignRatio(0, 0, 0)).toBe(0);
});

test('[BEN4] the idle share is what the processors did not do between two looks', () => {
  expect(idleRatio({ idle: 100, all: 200 }, { idle: 190, all: 300 })).toBe(0.9);
  expect(idleRatio({ idle: 100, all: 200 }, { idle: 100, all: 200 })).toBe(1);
});
