import type { Cancel } from '#shared/domain/clock.ts';
import { startRetention } from '#worker/media/recorder/retention-job.ts';
import type { Store } from '#worker/store/store.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import type { Logger } from './log.ts';
import { newId } from './session-parts.ts';
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
