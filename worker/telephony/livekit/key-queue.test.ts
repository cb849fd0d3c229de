import { expect, test } from 'vitest';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { keyQueue } from './key-queue.ts';

test('[SIP12] keys go one at a time, in small letters, in order; a failed one stops none', async () => {
  const clock = createVirtualClock();
  const sent: string[] = [];
  const errors: unknown[] = [];
  const queue = keyQueue(
    clock,
    digit => {
      sent.push(`${digit}@${String(clock.mono())}`);
      return digit === '2' ? Promise.reject(new Error('lost')) : Promise.resolve();
    },
    error => errors.push(error),
  );
  queue.send('1A');
  await clock.advanceAsync(100);
  queue.send('2#');
  await clock.advanceAsync(5000);
  expect(sent).toEqual(['1@0', 'a@530', '2@1060', '#@1590']);
  expect(errors).toHaveLength(1);
  queue.send('D');
  expect(sent.at(-1)).toBe('d@5100');
});

test('[SIP12] what waits when the call ends is not sent', async () => {
  const clock = createVirtualClock();
  const sent: string[] = [];
  const queue = keyQueue(
    clock,
    digit => {
      sent.push(digit);
      return Promise.resolve();
    },
    () => undefined,
  );
  queue.send('123');
  queue.stop();
  await clock.advanceAsync(5000);
  expect(sent).toEqual(['1']);
});
