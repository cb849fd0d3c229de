import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AUDIT_BOOK_METHODS } from '#shared/adapters/audit-book.ts';
import type { AccountBook } from '#shared/adapters/account-book.ts';
import type { PrivacyBook } from '#shared/adapters/privacy-book.ts';
import { TICKET_BOOK_METHODS } from '#shared/adapters/ticket-book.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import { KNOWLEDGE_METHODS } from '../knowledge-methods.ts';
import type { SpoolingStore } from '../spool.ts';
import type { Store } from '../store.ts';
import type { StoreCall, StoreReply } from './store-thread.ts';

/** The embedded store: SQLite on a thread of its own, so that no disk ever blocks audio. */
export interface SqliteStoreOptions {
  readonly file: string;
  /** The thread's module; a bundled app names its own. */
  readonly threadUrl?: URL;
  /** The thread died by itself after it had opened: nothing can be recorded any more. Called once. */
  readonly onLost?: () => void;
}

const ACCOUNT_METHODS = [
  'addOrg',
  'org',
  'addAccount',
  'credentials',
  'account',
  'accounts',
  'changeAccount',
  'setPassword',
  'openSession',
  'rotateSession',
  'endSessions',
  'isSessionLive',
  'pruneSessions',
] as const satisfies readonly (keyof AccountBook)[];
const PRIVACY_METHODS = [
  'retentionProfile',
  'setRetentionProfile',
  'callKeeping',
  'holdCall',
  'callsToErase',
  'eraseCall',
  'personErasures',
  'callerTraces',
  'ticketsOfCall',
  'settleErasures',
] as const satisfies readonly (keyof PrivacyBook)[];

const METHODS = [
  ...ACCOUNT_METHODS,
  ...PRIVACY_METHODS,
  'append',
  'head',
  'callEvents',
  'entries',
  'openCalls',
  'conversations',
  'conversation',
  'turns',
  'policyRows',
  'figures',
  'recordAccess',
  'commandAnswer',
  'saveCommandAnswer',
  'acquireLease',
  'renewLease',
  'releaseLease',
  ...TICKET_BOOK_METHODS,
  'addConsultation',
  'consultations',
  'archiveConsultation',
  'recordRoomEvent',
  'roomEvents',
  ...KNOWLEDGE_METHODS,
  ...AUDIT_BOOK_METHODS,
  'searchArchive',
  'archiveFacets',
] satisfies readonly (keyof Store)[];
const SPOOL_METHODS = [
  'spoolState',
  'spooledItems',
  'spoolTaken',
  'restartSpool',
  'forgetTaken',
  'ownsCall',
  'ownFrames',
  'ownAnswered',
] as const satisfies readonly (keyof SpoolingStore)[];

/** Opens the store; rejects with `storage.*` when the file cannot be used. */
export function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  return openThread(options, METHODS, false);
}

/** Opens a store that remembers what the team's store has not heard yet; rejects as the other does. */
export function openSqliteSpool(options: SqliteStoreOptions): Promise<SpoolingStore> {
  return openThread(options, [...METHODS, ...SPOOL_METHODS], true) as Promise<SpoolingStore>;
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
