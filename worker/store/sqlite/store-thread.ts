import { parentPort, workerData } from 'node:worker_threads';
import { AppError, toErrorBody, type ErrorBody } from '#shared/errors/app-error.ts';
import { openSqliteDatabase, openSqliteSpoolDatabase, type SqliteDatabase } from './sqlite-database.ts';

/** A method of the database, called from another thread. */
export interface StoreCall {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type StoreReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorBody };

const port = parentPort;
if (!port) throw new Error('this module runs as a worker thread');
const { file, isSpool } = workerData as { readonly file: string; readonly isSpool: boolean };

let database: SqliteDatabase | null = null;
let openError: ErrorBody | null = null;
try {
  database = isSpool ? openSqliteSpoolDatabase(file) : openSqliteDatabase(file);
} catch (error) {
  openError = toErrorBody(error, 'worker');
}

port.on('message', ({ id, method, args }: StoreCall) => {
  try {
    if (!database) throw new AppError(openError ?? toErrorBody(null, 'worker'));
    const methods = database as unknown as Record<string, (...parameters: readonly unknown[]) => unknown>;
    port.postMessage({ id, ok: true, value: methods[method]?.(...args) } satisfies StoreReply);
    // Nothing is left to do: the thread ends by itself, with everything of SQLite put away.
    if (method === 'close') port.close();
  } catch (error) {
    port.postMessage({ id, ok: false, error: toErrorBody(error, 'worker') } satisfies StoreReply);
  }
});
