import { expect, test } from 'vitest';
import { AppError, appError, toErrorBody } from '#shared/errors/app-error.ts';
import { assertNever } from './assert-never.ts';
import { withEntry, withoutEntry } from './readonly-map.ts';
import { seededRandom } from './random.ts';
import { uuidV7 } from './uuid-v7.ts';

test('[IPC5] ids are version 7, unique and sort by time', () => {
  const random = seededRandom(1);
  const ids = Array.from({ length: 1000 }, (_, index) => uuidV7(1_800_000_000_000 + index, random));
  expect(new Set(ids).size).toBe(1000);
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
});

test('[IPC5] the same seed gives the same numbers, all in [0, 1)', () => {
  const numbers = (seed: number): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 1000 }, () => random());
  };
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
  expect(numbers(7).every(value => value >= 0 && value < 1)).toBe(true);
  expect(Math.abs(numbers(7).reduce((sum, value) => sum + value, 0) / 1000 - 0.5)).toBeLessThan(0.05);
});

test('[IPC5] an unknown failure crosses as a code without its words', () => {
  const known = appError('call.unknown', 'There is no such call.');
  expect(AppError.is(known)).toBe(true);
  expect(toErrorBody(known, 'electron')).toEqual(known.body);
  expect(toErrorBody(new Error('password 1234'), 'worker')).toMatchObject({
    code: 'bug.invariant',
    origin: 'worker',
  });
  expect(JSON.stringify(toErrorBody(new Error('password 1234'), 'worker'))).not.toContain('1234');
  expect(() => assertNever('x' as never, 'letter')).toThrow('unexpected letter');
});

test('[IPC5] a map with or without an entry is another one; the first stays as it was', () => {
  const before: ReadonlyMap<string, number> = new Map([['a', 1]]);
  const after = withEntry(withEntry(before, 'b', 2), 'a', 3);
  expect([...after]).toEqual([
    ['a', 3],
    ['b', 2],
  ]);
  expect([...withoutEntry(after, 'a')]).toEqual([['b', 2]]);
  expect(withoutEntry(before, 'none')).toBe(before);
  expect([...before]).toEqual([['a', 1]]);
});
