import { join } from 'node:path';
import type { CallId } from '#shared/domain/ids.ts';
import { WorkerHealth } from '#worker/control/worker-health.ts';
import { startControl } from '#worker/control/start-control.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { StoreJournal } from '#worker/store/store-journal.ts';
import { quietControl, quietDesk } from '#tests/fixtures/quiet-control.ts';

export const BENCH_CALL = 'call-1' as CallId;

/** A real control server on a real store and log, with a desk that carries every command out. */
export async function startControlBench(folder: string, health = new WorkerHealth()) {
  const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  const journal = new StoreJournal(store, systemClock, await store.head(), () => undefined);
  const desk = quietDesk({
    run: () => Promise.resolve({ seq: 1, mic: 'monitor', tookMs: 1 }),
    openCalls: () => [BENCH_CALL],
  });
  const control = await startControl({
    ...quietControl(store, folder),
    journal,
    desk,
    health,
    appendToCall: () => true,
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
