import type { Cancel } from '#shared/domain/clock.ts';
import { startRetention } from '#worker/media/recorder/retention-job.ts';
import type { OrgRetention } from '#worker/privacy/org-retention.ts';
import { startWordRetention } from '#worker/privacy/word-retention.ts';
import type { Store } from '#worker/store/store.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import type { Logger } from './log.ts';
import { refusedFile } from './open-store.ts';
import { newId, recordingsFolder } from './session-parts.ts';
import { systemClock } from './system-clock.ts';

/** Keeps recordings as long as their profiles say; each deletion is a row in the audit (REC11). @returns stops it */
export function keepRecordings(folder: string, store: Pick<Store, 'recordAccess'>, log: Logger): Cancel {
  return startRetention({
    folder,
    orgId: DEMO_ORG_ID,
    clock: systemClock,
    record: ({ callId, orgId, profile, keepDays, startedAtMs }) =>
      store.recordAccess({
        id: newId(),
        orgId,
        userId: 'retention',
        action: 'recording.delete',
        outcome: 'expired',
        atMs: systemClock.now(),
        payload: { callId, profile, keepDays, startedAtMs },
      }),
    onError: error => log.error({ err: error }, 'recordings that have expired could not be deleted'),
  });
}

/** Keeps words as long as the org's profile says; each call that loses them is a row in the audit (PRIV7). @returns stops it */
export function keepWords(
  {
    data,
    store,
    retention,
  }: { readonly data: string; readonly store: Store; readonly retention: OrgRetention },
  log: Logger,
): Cancel {
  return startWordRetention({
    store,
    retention,
    orgId: DEMO_ORG_ID,
    clock: systemClock,
    recordings: recordingsFolder(data),
    refusedFile: refusedFile(data),
    record: (callId, profile) =>
      store.recordAccess({
        id: newId(),
        orgId: DEMO_ORG_ID,
        userId: 'retention',
        action: 'words.erase',
        outcome: 'expired',
        atMs: systemClock.now(),
        payload: { callId, profile },
      }),
    onError: error => log.error({ err: error }, 'words that have expired could not be erased'),
  });
}
