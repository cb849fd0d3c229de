import { join } from 'node:path';
import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { WorkerHealth } from '#worker/control/worker-health.ts';
import { startControl } from '#worker/control/start-control.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { StoreJournal } from '#worker/store/store-journal.ts';

export const BENCH_SECRET = 'a-boot-secret-of-some-length';
export const BENCH_CALL = 'call-1' as CallId;

/** A real control server on a real store and log, with a desk that carries every command out. */
export async function startControlBench(folder: string, health = new WorkerHealth()) {
  const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  const journal = new StoreJournal(store, systemClock, await store.head(), () => undefined);
  const desk: CallDesk = {
    run: () => Promise.resolve({ seq: 1, mic: 'monitor', tookMs: 1 }),
    beat: () => undefined,
    gone: () => undefined,
    openCalls: () => [BENCH_CALL],
    onNotice: () => () => undefined,
  };
  const control = await startControl({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    newId: () => `id-${String(Math.random())}`,
    workerId: 'w1',
    brain: 'b',
    voice: 'v',
    journal,
    store,
    desk,
    health,
    media: new LoopbackMediaPlane(),
    appendToCall: () => true,
    ringCaller: null,
    bootSecret: BENCH_SECRET,
    keyFile: join(folder, 'key'),
    recordings: join(folder, 'recordings'),
  });
  return {
    port: control.port,
    token: await control.localToken(),
    journal,
    store,
    close: async () => {
      await control.close();
      await journal.flush();
      await store.close();
    },
  };
}
