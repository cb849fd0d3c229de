import { expect, test } from 'vitest';
import type { LaneSpan } from '#shared/projections/lane-timeline.ts';
import { placeSpans, PX_PER_S, waveBars } from './lane-axis.ts';

const span = (key: string, look: LaneSpan['look'], fromMs: number, toMs: number): LaneSpan => ({
  key,
  lane: 'B',
  look,
  fromMs,
  toMs,
  text: key,
  chunkId: key,
});

test('[UI10] what sounded stands where it sounded, what waits stands behind the now-line in a row', () => {
  const [spoken, first, second] = placeSpans(
    [
      span('a', 'spoken', 1_000, 3_000),
      span('b', 'allowed', 3_000, 5_000),
      span('c', 'drafted', 3_000, 4_000),
    ],
    0,
    10_000,
    500,
  );
  expect(spoken).toMatchObject({ xPx: PX_PER_S, widthPx: 2 * PX_PER_S });
  expect(first?.xPx).toBe(10.5 * PX_PER_S);
  expect(second?.xPx).toBeGreaterThanOrEqual((first?.xPx ?? 0) + 2 * PX_PER_S);
});

test('[UI10] a vetoed draft does not cover the sentence beside it', () => {
  const [spoken, vetoed] = placeSpans(
    [span('a', 'spoken', 0, 4_000), span('b', 'vetoed', 2_000, 4_000)],
    0,
    9_000,
    0,
  );
  expect(vetoed?.xPx).toBeGreaterThan((spoken?.xPx ?? 0) + (spoken?.widthPx ?? 0));
});

test('[UI10] the bars of one stretch of speech are always the same', () => {
  expect(waveBars('x', 100)).toEqual(waveBars('x', 100));
  expect(waveBars('x', 100).every(ratio => ratio > 0 && ratio <= 1)).toBe(true);
});
