import type { ErasureOutcome } from '#shared/adapters/privacy-book.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { ErasureScope } from '#shared/events/erase-event.ts';
import { eraseRecording } from '#worker/media/recorder/erase-recording.ts';
import { readNote } from '#worker/media/recorder/recording-note.ts';
import type { Store } from '#worker/store/store.ts';
import { eraseRefused } from './erase-refused.ts';

export interface ErasureDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Folder of the recordings. */
  readonly recordings: string;
  /** Where what the store refused is set aside. */
  readonly refusedFile: string;
}

/**
 * Takes the words of one call, or all that tells of its caller, out of everything that this worker keeps (PRIV4, PRIV5). The audio
 * goes with the caller; with the words it stays as long as its own days. Again it changes nothing. Call `settleErasures` after the
 * last one. Rejects with `storage.*`.
 */
export async function eraseCall(
  { store, clock, recordings, refusedFile }: ErasureDeps,
  orgId: OrgId,
  callId: CallId,
  scope: ErasureScope,
): Promise<ErasureOutcome> {
  // A hold from before calls could be held stands in the recording's note alone.
  if (readNote(recordings, callId)?.legalHold === true) return 'held';
  const outcome = await store.eraseCall(orgId, callId, scope, clock.now());
  if (outcome !== 'erased') return outcome;
  eraseRefused(refusedFile, callId);
  if (scope === 'person') eraseRecording(recordings, callId, clock.now());
  return outcome;
}
