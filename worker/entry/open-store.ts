import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import { EVENT_VERSION } from '#shared/events/envelope.ts';
import type { WorkerHealth } from '#worker/control/worker-health.ts';
import { StoreJournal } from '#worker/store/store-journal.ts';
import type { Store } from '#worker/store/store.ts';
import { cannotRecord } from './cannot-record.ts';
import type { Logger } from './log.ts';
import { systemClock } from './system-clock.ts';

/** Where records are set aside that a store refuses for what they hold. */
export const refusedFile = (folder: string): string => join(folder, 'refused.jsonl');

/** @returns the data folder of a worker, made if need be. Throws `storage.read-only`. */
export function makeDataFolder(folder: string): string {
  try {
    makeFolder(folder);
  } catch {
    throw appError(
      'storage.read-only',
      `The data folder ${folder} cannot be made. Choose another with --data.`,
    );
  }
  return folder;
}

/** The log in front of the store; what keeps it from being written is told to every desk (AUD13, AUD15). */
export async function openJournal(
  folder: string,
  store: Store,
  log: Logger,
  health: WorkerHealth,
): Promise<StoreJournal> {
  const refused = refusedFile(folder);
  return new StoreJournal(
    store,
    systemClock,
    await store.head(),
    (error, waitingEntries) => {
      log.error({ err: error, waitingEntries }, 'the log could not be written; it is kept and tried again');
      cannotRecord(health, error);
    },
    (entry, error) => {
      appendFileSync(refused, `${JSON.stringify(entry)}\n`, { flush: true });
      log.error(
        { err: error, refusedFile: refused, position: entry.position },
        'a record was refused and set aside',
      );
    },
    () => health.is(null),
  );
}

/** Calls that a crash left open, or the one of them that is named, are ended in their own log, with the sequence continued (AUD10). */
export async function closeOpenCalls(
  store: Store,
  journal: StoreJournal,
  newId: () => string,
  only: CallId | null = null,
): Promise<void> {
  await journal.flush();
  for (const { callId, orgId, lastSeq, startedAtMs } of await store.openCalls()) {
    if (only !== null && only !== callId) continue;
    const atMs = systemClock.now();
    journal.append({
      v: EVENT_VERSION,
      id: newId(),
      orgId,
      conversationId: callId,
      seq: lastSeq + 1,
      atMs,
      type: 'call.ended',
      reason: 'worker-crashed',
      durationMs: Math.max(0, atMs - startedAtMs),
    });
  }
  await journal.flush();
}

/** One level at a time: Node's recursive way never ends where the system refuses with ENOENT, as under /proc. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder);
}
