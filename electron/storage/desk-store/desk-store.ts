import { Worker } from 'node:worker_threads';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { StoreFacts, StoreParts } from './desk-database.ts';
import type { StoreAnswer, StoreAsk, StoreThreadOptions } from './store-messages.ts';
import type { WaitList } from './wait-list.ts';

/** The methods of a part, asked from another thread. */
type Remote<Part> = {
  readonly [
    Name in keyof Part as Part[Name] extends (...args: never[]) => unknown ? Name : never
  ]: Part[Name] extends (...args: infer Arguments) => infer Result
    ? (...args: Arguments) => Promise<Result>
    : never;
};

/** The desk's own store. Every method rejects with `storage.*`, or with what its part refuses. */
export type DeskStore = { readonly [Name in keyof StoreParts]: Remote<StoreParts[Name]> } & {
  facts(): Promise<StoreFacts>;
  waits(): Promise<WaitList>;
  /** Tries to write again where it could only be read. Resolves to whether that came back. */
  recover(): Promise<boolean>;
  close(): Promise<void>;
};

export type AskStore = (part: string, method: string, args: readonly unknown[]) => Promise<unknown>;

/** A store behind whatever carries questions to it. */
export function storeOver(ask: AskStore, close: () => Promise<void>): DeskStore {
  const partOf = (part: string): unknown =>
    new Proxy(
      {},
      {
        get:
          (_target, method) =>
          (...args: readonly unknown[]) =>
            ask(part, String(method), args),
      },
    );
  const parts = new Map<string, unknown>();
  const own = {
    facts: () => ask('store', 'facts', []),
    waits: () => ask('store', 'waits', []),
    recover: () => ask('store', 'recover', []),
    close,
    // A proxy that answers to `then` would be taken for a promise.
    then: undefined,
  };
  return new Proxy(own, {
    get: (target, name) => {
      const key = String(name);
      if (key in target) return (target as Record<string, unknown>)[key];
      if (!parts.has(key)) parts.set(key, partOf(key));
      return parts.get(key);
    },
  }) as unknown as DeskStore;
}

/**
 * Opens the store on a thread of its own, so that no disk ever blocks a window. What is asked before it is open waits; when it
 * cannot be opened at all, every question is refused with why (DST1).
 */
export function openDeskStore(threadUrl: URL, options: StoreThreadOptions): DeskStore {
  const thread = new Worker(threadUrl, { workerData: options, execArgv: ['--no-warnings'] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let nextId = 1;
  let gone: AppError | null = null;
  thread.on('message', (answer: StoreAnswer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) call?.resolve(answer.value);
    else call?.reject(new AppError(answer.error));
  });
  const onGone = (cause: unknown): void => {
    gone ??= AppError.is(cause)
      ? cause
      : appError(
          'storage.failed',
          'The store of this desk has stopped. Start Sidetone again; nothing saved is lost.',
          {
            origin: 'electron',
          },
        );
    for (const call of waiting.values()) call.reject(gone);
    waiting.clear();
  };
  thread.on('error', onGone);
  thread.on('exit', onGone);
  const ask: AskStore = (part, method, args) => {
    if (gone) return Promise.reject(gone);
    const call = Promise.withResolvers<unknown>();
    const id = nextId++;
    waiting.set(id, call);
    thread.postMessage({ id, part, method, args } satisfies StoreAsk);
    return call.promise;
  };
  return storeOver(ask, async () => {
    if (!gone) await ask('store', 'close', []);
    await thread.terminate();
  });
}
