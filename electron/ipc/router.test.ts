import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appError } from '#shared/errors/app-error.ts';
import type { CommandHandlers } from '#shared/ipc/commands.ts';
import { createRouter } from './router.ts';

const bugs: unknown[] = [];
const handlers = {
  'get-desk': () => Promise.reject(appError('worker.unreachable', 'Not yet.')),
  'supervise-call': () => Promise.resolve({ seq: 1, mic: 'monitor', tookMs: 1 }),
  'get-call-events': () => Promise.reject(new Error('a bug')),
  'save-settings': () => Promise.resolve({}),
} as unknown as CommandHandlers;
const route = createRouter(handlers, error => bugs.push(error));

test('[IPC10] a command is answered, whatever it is and whatever becomes of it', async () => {
  expect(
    await route('supervise-call', { callId: 'c', commandId: 'k', verb: 'listen', args: {} }),
  ).toMatchObject({ ok: true, value: { seq: 1 } });
  expect(await route('supervise-call', { callId: 'c' })).toMatchObject({
    ok: false,
    error: { code: 'input.invalid' },
  });
  expect(await route('format-disk', {})).toMatchObject({ ok: false, error: { code: 'input.invalid' } });
  expect(await route('get-desk', {})).toMatchObject({ ok: false, error: { code: 'worker.unreachable' } });
  expect(await route('get-call-events', { callId: 'c', afterSeq: -1 })).toMatchObject({
    ok: false,
    error: { code: 'bug.invariant' },
  });
  expect(bugs).toHaveLength(1);
});

test('[IPC10] garbage is answered too (500 inputs)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.anything(), fc.constantFrom('constructor', '__proto__', 'get-desk')),
      fc.anything(),
      async (name, args) => {
        expect(typeof (await route(name, args)).ok).toBe('boolean');
      },
    ),
    { numRuns: 500 },
  );
});
