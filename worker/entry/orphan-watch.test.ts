import { expect, test } from 'vitest';
import { OrphanWatch } from './orphan-watch.ts';

test('[IPC26] a worker without its desk ends after a minute without any desk, and never with one', () => {
  const watch = new OrphanWatch();
  expect(watch.look(0, 0)).toBe(false);
  expect(watch.look(120_000, 0)).toBe(false);
  watch.orphaned();
  expect(watch.look(121_000, 0)).toBe(false);
  expect(watch.look(170_000, 1)).toBe(false);
  expect(watch.look(171_000, 0)).toBe(false);
  expect(watch.look(230_999, 0)).toBe(false);
  expect(watch.look(231_000, 0)).toBe(true);
});
