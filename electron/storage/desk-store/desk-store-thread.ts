import { parentPort, workerData } from 'node:worker_threads';
import { toErrorBody } from '#shared/errors/app-error.ts';
import { KeptStore } from './kept-store.ts';
import type { StoreAnswer, StoreAsk, StoreThreadOptions } from './store-messages.ts';

const port = parentPort;
if (!port) throw new Error('this module runs as a worker thread');
const store = new KeptStore(workerData as StoreThreadOptions, Date.now);

port.on('message', ({ id, part, method, args }: StoreAsk) => {
  try {
    port.postMessage({ id, ok: true, value: store.run(part, method, args) } satisfies StoreAnswer);
  } catch (error) {
    port.postMessage({ id, ok: false, error: toErrorBody(error, 'electron') } satisfies StoreAnswer);
  }
});
