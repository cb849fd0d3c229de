import { expect, test } from 'vitest';
import { candidates, newSpareOrder, stepSpareOrder } from './spare-order.ts';

test('[PRO22] a provider rests twice as long after each failure, a minute at most, and is the first choice again', () => {
  let order = newSpareOrder(3);
  const rests: number[] = [];
  for (let count = 0; count < 9; count += 1) {
    order = stepSpareOrder(order, { type: 'failed', index: 0, nowMono: 0, restMs: 1000 });
    rests.push(order.providers[0]?.restsUntilMono ?? 0);
  }
  expect(rests).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  expect(candidates(order, 59_999)).toEqual([1, 2]);
  expect(candidates(order, 60_000)).toEqual([0, 1, 2]);
  order = stepSpareOrder(order, { type: 'worked', index: 0 });
  order = stepSpareOrder(order, { type: 'failed', index: 0, nowMono: 0, restMs: 1000 });
  expect(order.providers[0]?.restsUntilMono).toBe(1000);
});

test('[PRO3] the last one never rests', () => {
  let order = newSpareOrder(2);
  for (const index of [0, 1])
    order = stepSpareOrder(order, { type: 'failed', index, nowMono: 0, restMs: 1000 });
  expect(candidates(order, 1)).toEqual([1]);
});
