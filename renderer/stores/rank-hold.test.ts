import { expect, test } from 'vitest';
import { EMPTY_HOLD, holdRank, RANK_HOLD_MS } from './rank-hold.ts';

const start = holdRank(EMPTY_HOLD, ['a', 'b', 'c'], true, 0);

test('[UI5] under the pointer a new order waits three seconds', () => {
  const waiting = holdRank(start, ['c', 'a', 'b'], true, 1_000);
  expect(waiting.shown).toEqual(['a', 'b', 'c']);
  expect(holdRank(waiting, ['c', 'a', 'b'], true, 1_000 + RANK_HOLD_MS - 1).shown).toEqual(['a', 'b', 'c']);
  expect(holdRank(waiting, ['c', 'a', 'b'], true, 1_000 + RANK_HOLD_MS).shown).toEqual(['c', 'a', 'b']);
});

test('[UI5] without the pointer it is shown at once', () => {
  expect(holdRank(start, ['c', 'a', 'b'], false, 1).shown).toEqual(['c', 'a', 'b']);
});

test('[UI5] calls that are new or gone do not wait', () => {
  const { shown } = holdRank(start, ['d', 'c', 'a'], true, 1_000);
  expect(shown).toEqual(['a', 'c', 'd']);
});

test('[UI5] an order that did not change is the same object', () => {
  expect(holdRank(start, ['a', 'b', 'c'], true, 9_000)).toBe(start);
});
