import { parentPort, workerData } from 'node:worker_threads';
import { toErrorBody } from '#shared/errors/app-error.ts';
import { SpoolDatabase } from './spool-database.ts';

export type SpoolMethod = 'append' | 'head' | 'callEvents' | 'entries' | 'forget' | 'close';

export interface SpoolCall {
  readonly id: number;
  readonly method: SpoolMethod;
  readonly args: readonly unknown[];
}

const port = parentPort;
if (!port) throw new Error('this module runs as a worker thread');
const spool = new SpoolDatabase((workerData as { readonly file: string }).file);

port.on('message', ({ id, method, args }: SpoolCall) => {
  try {
    const methods = spool as unknown as Record<string, (...parameters: readonly unknown[]) => unknown>;
    port.postMessage({ id, ok: true, value: methods[method]?.(...args) });
  } catch (error) {
    port.postMessage({ id, ok: false, error: toErrorBody(error, 'worker') });
  }
});
