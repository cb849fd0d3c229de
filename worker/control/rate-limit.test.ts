import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

test('[TOK8] so many in a window and no more, per address; a refused one does not count', () => {
  const limit = new RateLimit({ count: 2, windowMs: 1000 });
  expect([limit.take('a', 0), limit.take('a', 10), limit.take('a', 20)]).toEqual([true, true, false]);
  expect(limit.take('b', 20)).toBe(true);
  expect([limit.take('a', 999), limit.take('a', 1001), limit.take('a', 1002)]).toEqual([false, true, false]);
});

test('[TOK8] addresses beyond what is remembered push out the oldest, not the newest', () => {
  const limit = new RateLimit({ count: 1, windowMs: 1e9 });
  for (let index = 0; index <= 10_000; index += 1) expect(limit.take(`a${String(index)}`, 0)).toBe(true);
  expect(limit.take('a10000', 1)).toBe(false);
  expect(limit.take('a0', 1)).toBe(true);
});
