import type { Cancel } from '#shared/domain/clock.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { wordsEndBeforeMs, type RetentionProfile } from '#shared/domain/retention.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { eraseCall, type ErasureDeps } from './erase-call.ts';
import type { OrgRetention } from './org-retention.ts';

/** As often as the audio's. Source: REC11. */
const RUN_EVERY_MS = 3_600_000;
/** So many at a time: the store must not be busy for long while calls run. */
const PAGE_CALLS = 20;

export interface WordRetentionDeps extends ErasureDeps {
  readonly orgId: OrgId;
  readonly retention: OrgRetention;
  /** Writes down that the words of a call are gone. Rejects when it could not. */
  readonly record: (callId: CallId, profile: RetentionProfile) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Erases the words that are over now, and once an hour (PRIV7). @returns stops it */
export function startWordRetention(deps: WordRetentionDeps): Cancel {
  let stopped = false;
  let cancel: Cancel = () => undefined;
  const run = async (): Promise<void> => {
    await eraseDueWords(deps).catch(deps.onError);
    if (!stopped) cancel = deps.clock.after(RUN_EVERY_MS, () => void run());
  };
  void run();
  return () => {
    stopped = true;
    cancel();
  };
}

/** @returns the calls that lost their words. One that cannot be erased yet (its ticket is on its way) is due the next time. */
export async function eraseDueWords(deps: WordRetentionDeps): Promise<readonly CallId[]> {
  const { store, clock, orgId, retention, record } = deps;
  const profile = await retention.read(orgId);
  const beforeMs = wordsEndBeforeMs(profile, clock.now()) as EpochMs;
  const erased: CallId[] = [];
  await followErasures(deps);
  const passed = new Set<CallId>();
  for (;;) {
    const due = (await store.callsToErase(orgId, beforeMs, PAGE_CALLS + passed.size)).filter(
      callId => !passed.has(callId),
    );
    for (const callId of due) {
      if ((await eraseCall(deps, orgId, callId, 'words')) === 'erased') {
        // After it: a crash between costs a row, never a row of what was not done.
        await record(callId, profile);
        erased.push(callId);
      } else passed.add(callId);
    }
    if (due.length === 0) break;
  }
  if (erased.length > 0) await store.settleErasures();
  return erased;
}

/** What another worker of the team was asked to erase, and this machine still has (PRIV5). */
async function followErasures(deps: WordRetentionDeps): Promise<void> {
  const { store, orgId } = deps;
  let changed = false;
  for (const callId of await store.personErasures(orgId)) {
    const keeping = await store.callKeeping(orgId, callId);
    if (!keeping || keeping.erased === 'person') continue;
    changed = (await eraseCall(deps, orgId, callId, 'person')) === 'erased' || changed;
  }
  if (changed) await store.settleErasures();
}
