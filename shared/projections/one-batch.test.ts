import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longCall } from '#tests/fixtures/long-call.ts';
import { richCall } from '#tests/fixtures/rich-call.ts';
import { appendToTimeline, emptyTimeline, foldTimeline } from './fold-timeline.ts';
import { appendToLanes, emptyLanes } from './lane-timeline.ts';
import { inOneBatch, withKey, withSplice } from './one-batch.ts';

const LOGS = [richCall(), longCall(200)];

test('[BEN13] a log folded in any batches is the log folded event by event, and what was there before stays as it was', () => {
  for (const log of LOGS) {
    const whole = log.reduce(
      (timeline, event) => appendToTimeline(timeline, event) ?? timeline,
      emptyTimeline,
    );
    const lanes = log.reduce((before, event) => appendToLanes(before, event) ?? before, emptyLanes);
    fc.assert(
      fc.property(fc.nat({ max: log.length }), cut => {
        const first = foldTimeline(log.slice(0, cut));
        const asItWas = structuredClone(first);
        const [second, secondLanes] = inOneBatch(() => [
          log.reduce((timeline, event) => appendToTimeline(timeline, event) ?? timeline, first),
          log.reduce((before, event) => appendToLanes(before, event) ?? before, emptyLanes),
        ]);
        expect(second).toEqual(whole);
        expect(secondLanes).toEqual(lanes);
        expect(first).toEqual(asItWas);
      }),
      { numRuns: 30 },
    );
  }
});

test('[BEN13] outside a batch, and after one that broke, everything is copied', () => {
  const list = [1, 2];
  const record = { a: 1 };
  expect(() =>
    inOneBatch(() => {
      withSplice(list, 0, 0, 0);
      throw new Error('broke');
    }),
  ).toThrow('broke');
  const copy = withSplice(list, 2, 0, 3);
  expect([list, copy, withSplice(copy, 0, 1)]).toEqual([
    [1, 2],
    [1, 2, 3],
    [2, 3],
  ]);
  const other = withKey(record, 'b', 2);
  expect([record, other, withKey(other, 'b', 3), other]).toEqual([
    { a: 1 },
    { a: 1, b: 2 },
    { a: 1, b: 3 },
    { a: 1, b: 2 },
  ]);
});
