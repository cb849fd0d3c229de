import { expect, test } from 'vitest';
import { createVirtualClock, settle } from '#tests/fakes/virtual-clock.ts';
import { withDeadlines } from './with-deadlines.ts';

const never = new AbortController().signal;

/** Items that come when a test says so. */
function handFed() {
  let put = (_item: string): void => undefined;
  let returned = false;
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise<IteratorResult<string, void>>(resolve => {
          put = item => resolve({ done: false, value: item });
        }),
      return: async () => {
        returned = true;
        return { done: true as const, value: undefined };
      },
    }),
  };
  return { source, put: (item: string) => put(item), returned: () => returned };
}

test('[PRO20] the first piece and each next one have their own deadline, and a late source is told to stop', async () => {
  const clock = createVirtualClock();
  const { source, put, returned } = handFed();
  const timed = withDeadlines(source, { clock, firstMs: 1000, idleMs: 200, signal: never });
  const first = timed.next();
  await clock.advanceAsync(999);
  put('a');
  expect(await first).toEqual({ done: false, value: 'a' });
  const second = expect(timed.next()).rejects.toMatchObject({
    body: { code: 'provider.timeout', retryable: true },
  });
  await clock.advanceAsync(200);
  await second;
  expect(returned()).toBe(true);
});

test('[PRO20] a piece in time leaves no deadline behind', async () => {
  const clock = createVirtualClock();
  const { source, put } = handFed();
  const timed = withDeadlines(source, { clock, firstMs: 100, idleMs: 100, signal: never });
  const first = timed.next();
  await settle();
  put('a');
  await first;
  // Time that passes at the reader is not the provider's.
  await clock.advanceAsync(10_000);
  const second = timed.next();
  await settle();
  put('b');
  expect(await second).toEqual({ done: false, value: 'b' });
});

test('[PRO14] an abort ends the wait at once, without an error', async () => {
  const clock = createVirtualClock();
  const abort = new AbortController();
  const { source, returned } = handFed();
  const timed = withDeadlines(source, { clock, firstMs: 1000, idleMs: 1000, signal: abort.signal });
  const first = timed.next();
  abort.abort('barge-in');
  expect(await first).toEqual({ done: true, value: undefined });
  expect(returned()).toBe(true);
});
