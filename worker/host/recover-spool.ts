import { existsSync, rmSync } from 'node:fs';
import type { Journal } from '#shared/adapters/journal.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { SpoolDatabase } from '#worker/store/host-spool/spool-database.ts';

const PAGE = 500;

/**
 * What a dead host had recorded and control had not yet read goes into the log; what is there already is left out: a call's
 * `seq` has no gaps and no doubles, whoever wrote it. Then the spool is removed. @returns the events that were missing
 */
export async function recoverSpool(
  file: string,
  journal: Journal,
  onEvent: (event: CallEvent) => void,
): Promise<number> {
  if (!existsSync(file)) return 0;
  const spool = new SpoolDatabase(file);
  const lastSeqs = new Map<CallId, number>();
  let recovered = 0;
  try {
    for (let after = -1; ;) {
      const page = spool.entries(after, PAGE);
      for (const { event } of page) {
        const { conversationId, seq } = event;
        const last = lastSeqs.get(conversationId) ?? (await lastSeqOf(journal, conversationId));
        lastSeqs.set(conversationId, Math.max(last, seq));
        if (seq <= last) continue;
        onEvent(event);
        journal.append(event);
        recovered += 1;
      }
      after = page.at(-1)?.position ?? after;
      if (page.length < PAGE) break;
    }
  } finally {
    spool.close();
  }
  await journal.durable(journal.head);
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  return recovered;
}

async function lastSeqOf(journal: Journal, callId: CallId): Promise<number> {
  return (await journal.callEvents(callId, -1)).at(-1)?.seq ?? -1;
}
