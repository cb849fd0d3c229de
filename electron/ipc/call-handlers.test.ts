import { expect, test } from 'vitest';
import { appError, type AppError } from '#shared/errors/app-error.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import type { DeskData } from '#electron/core/desk-data.ts';
import { memoryStore } from '#tests/fixtures/memory-store.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { CapsuleShelf } from '#electron/core/capsule-shelf.ts';
import { callHandlers } from './call-handlers.ts';

const QUERY = { limit: 50, beforeMs: Number.MAX_SAFE_INTEGER, query: '', filter: 'all' } as const;
const EVENTS = { callId: 'c1' as CallId, afterSeq: -1 };

test('[DST31][DST32] only a worker that is away is answered for from this desk, with as of when; its refusals are passed on', async () => {
  let fails: AppError | null = null;
  const answer = <Value>(value: Value): Promise<Value> =>
    fails ? Promise.reject(fails) : Promise.resolve(value);
  const core = {
    listCalls: () =>
      answer([{ id: 'c1', displayName: 'Vance', line: '', startedAtMs: 1, endedAtMs: 2, vetoCount: 0 }]),
    callEvents: () => answer([eventOf('c1', 0, RINGING)]),
    capsules: new CapsuleShelf(),
  } as unknown as DeskCore;
  const handlers = callHandlers(core, { store: memoryStore() } as unknown as DeskData);

  fails = appError('worker.unreachable', 'Away.');
  await expect(handlers['list-calls'](QUERY)).rejects.toBe(fails);
  await expect(handlers['get-call-events'](EVENTS)).rejects.toBe(fails);
  fails = null;
  expect(await handlers['list-calls'](QUERY)).not.toHaveProperty('asOfMs');
  expect((await handlers['get-call-events'](EVENTS)).events).toHaveLength(1);
  fails = appError('worker.unreachable', 'Away.');
  const { calls, asOfMs } = await handlers['list-calls'](QUERY);
  expect([calls.map(({ id }) => id), typeof asOfMs]).toEqual([['c1'], 'number']);
  expect((await handlers['get-call-events'](EVENTS)).events).toHaveLength(1);
  for (const code of ['access.denied', 'call.unknown'] as const) {
    fails = appError(code, 'No.');
    await expect(handlers['list-calls'](QUERY)).rejects.toBe(fails);
    await expect(handlers['get-call-events'](EVENTS)).rejects.toBe(fails);
  }
});
