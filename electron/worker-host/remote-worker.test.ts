import { expect, test } from 'vitest';
import { appError, type ErrorCode } from '#shared/errors/app-error.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { RemoteWorker } from './remote-worker.ts';

function bench(answers: readonly (ErrorCode | 'ok')[]) {
  const clock = createVirtualClock();
  const troubles: string[] = [];
  let tries = 0;
  const worker = new RemoteWorker({
    clock,
    signIn: () => {
      const answer = answers[tries] ?? 'ok';
      tries += 1;
      return answer === 'ok'
        ? Promise.resolve()
        : Promise.reject(appError(answer, 'no', { retryable: answer === 'worker.unreachable' }));
    },
    onTrouble: ({ code }) => troubles.push(code),
  });
  worker.start();
  return { clock, troubles, worker, tries: () => tries };
}

test('[IPC27] a remote worker is dialled until it answers, with growing waits, and the trouble is told once', async () => {
  const b = bench(['worker.unreachable', 'worker.unreachable', 'worker.unreachable']);
  await b.clock.advanceAsync(499);
  expect(b.tries()).toBe(1);
  await b.clock.advanceAsync(1);
  expect(b.tries()).toBe(2);
  await b.clock.advanceAsync(60_000);
  expect(b.tries()).toBe(4);
  expect(b.troubles).toEqual(['worker.unreachable']);
});

test('[IPC27] a session that is not valid is told and not tried again', async () => {
  const b = bench(['access.unauthenticated']);
  await b.clock.advanceAsync(60_000);
  expect(b.tries()).toBe(1);
  expect(b.troubles).toEqual(['access.unauthenticated']);
});

test('[IPC27] a desk that closes dials no more', async () => {
  const b = bench(['worker.unreachable']);
  await b.clock.advanceAsync(10);
  await b.worker.stop();
  await b.clock.advanceAsync(60_000);
  expect(b.tries()).toBe(1);
});
