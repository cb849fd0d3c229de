import { Worker } from 'node:worker_threads';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import { AppError, appError, type ErrorBody } from '#shared/errors/app-error.ts';
import type { JournalStore } from '../store-journal.ts';
import type { SpoolCall, SpoolMethod } from './spool-thread.ts';

type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorBody };

/** See `SpoolDatabase`; rejects with `storage.*`. */
export interface Spool extends JournalStore {
  head(): Promise<number>;
  forget(through: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens the spool of a host on a thread of its own. @param onLost the thread has died: nothing can be recorded any more */
export async function openSpool(file: string, onLost: () => void): Promise<Spool> {
  const thread = new Worker(new URL('./spool-thread.ts', import.meta.url), {
    workerData: { file },
    execArgv: ['--no-warnings'],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let nextId = 1;
  let isOpen = false;
  let gone: AppError | null = null;
  thread.on('message', (reply: Reply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.ok) call?.resolve(reply.value);
    else call?.reject(new AppError(reply.error));
  });
  const onGone = (): void => {
    if (gone) return;
    gone = appError('storage.failed', 'The spool has stopped.', { retryable: true });
    for (const call of waiting.values()) call.reject(gone);
    if (isOpen) onLost();
  };
  thread.on('error', onGone);
  thread.on('exit', onGone);
  const ask = <Result>(method: SpoolMethod, ...args: readonly unknown[]): Promise<Result> => {
    if (gone) return Promise.reject(gone);
    const call = Promise.withResolvers<unknown>();
    const id = nextId++;
    waiting.set(id, call);
    thread.postMessage({ id, method, args } satisfies SpoolCall);
    return call.promise as Promise<Result>;
  };
  await ask<number>('head');
  isOpen = true;
  return {
    append: (entries: readonly JournalEntry[]) => ask('append', entries),
    head: () => ask('head'),
    callEvents: (callId, afterSeq) => ask('callEvents', callId, afterSeq),
    entries: (after, limit) => ask('entries', after, limit),
    forget: through => ask('forget', through),
    close: async () => {
      isOpen = false;
      if (!gone) await ask('close');
      await thread.terminate();
    },
  };
}
