import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { SpoolingStore } from '../spool.ts';
import type { Store } from '../store.ts';
import { OWN_CHAIN_METHODS, SPOOL_METHODS, STORE_METHODS } from './store-methods.ts';
import type { StoreCall, StoreReply } from './store-thread.ts';

/** The embedded store: SQLite on a thread of its own, so that no disk ever blocks audio. */
export interface SqliteStoreOptions {
  readonly file: string;
  /** The thread's module; a bundled app names its own. */
  readonly threadUrl?: URL;
  /** The thread died by itself after it had opened: nothing can be recorded any more. Called once. */
  readonly onLost?: () => void;
}

/** Opens the store; rejects with `storage.*` when the file cannot be used. */
export function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  return openThread(options, STORE_METHODS, false);
}

/** Opens a store that remembers what the team's store has not heard yet; rejects as the other does. */
export function openSqliteSpool(options: SqliteStoreOptions): Promise<SpoolingStore> {
  return openThread(
    options,
    [...STORE_METHODS, ...OWN_CHAIN_METHODS, ...SPOOL_METHODS],
    true,
  ) as Promise<SpoolingStore>;
}

async function openThread(
  { file, threadUrl, onLost }: SqliteStoreOptions,
  methods: readonly string[],
  isSpool: boolean,
): Promise<Store> {
  const thread = new Worker(threadUrl ?? new URL('./store-thread.ts', import.meta.url), {
    workerData: { file, isSpool },
    execArgv: ['--no-warnings'],
  });
  const waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();
  let nextId = 1;
  let gone: Error | null = null;
  let isExpected = true;

  thread.on('message', (reply: StoreReply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.ok) call?.resolve(reply.value);
    else call?.reject(new AppError(reply.error));
  });
  const onGone = (): void => {
    if (!isExpected) onLost?.();
    isExpected = true;
    gone ??= appError('storage.failed', 'The store has stopped.', { retryable: true });
    for (const call of waiting.values()) call.reject(gone);
    waiting.clear();
  };
  thread.on('error', onGone);
  thread.on('exit', onGone);

  const ask = (method: string, args: readonly unknown[]): Promise<unknown> => {
    if (gone) return Promise.reject(gone);
    return new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      thread.postMessage({ id, method, args } satisfies StoreCall);
    });
  };
  const calls = Object.fromEntries(
    methods.map(method => [method, (...args: readonly unknown[]) => ask(method, args)]),
  );
  const store = {
    ...calls,
    close: async () => {
      if (gone) return;
      isExpected = true;
      const exited = once(thread, 'exit');
      await ask('close', []);
      await exited;
    },
  } as unknown as Store;
  try {
    await store.head();
    isExpected = false;
  } catch (error) {
    await thread.terminate();
    throw error;
  }
  return store;
}
