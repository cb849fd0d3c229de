import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { isFileName } from '#worker/media/recorder/recording-files.ts';
import { readNote, writeNote } from '#worker/media/recorder/recording-note.ts';
import type { Store } from '#worker/store/store.ts';
import { existingRecording } from './serve-recording.ts';

/** A player asks for range after range; what it asks for within this long is one listening. */
const LISTENING_MS = 300_000;

export interface RecordingAccessDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'recordAccess' | 'holdCall'>;
  readonly newId: () => string;
  readonly folder: string;
}

export interface RecordingAccess {
  /** Resolves when it is on disk that this person listens (REC10). Rejects with `storage.*`: then nobody listens. */
  played(actor: Actor, callId: CallId): Promise<void>;
  refused(actor: Actor, callId: CallId): Promise<void>;
  /** Sets or lifts a legal hold on a call and its recording (REC12, PRIV8). Rejects with `recording.none`, `recording.expired`, `storage.*`. */
  hold(actor: Actor, callId: CallId, held: boolean, reason: string): Promise<void>;
}

export function recordingAccess({ clock, store, newId, folder }: RecordingAccessDeps): RecordingAccess {
  const lastMono = new Map<string, number>();
  const record = (actor: Actor, callId: CallId, action: string, outcome: string, more: object = {}) =>
    store.recordAccess({
      id: newId(),
      orgId: actor.orgId,
      userId: actor.userId,
      action,
      outcome,
      atMs: clock.now(),
      payload: { callId, ...more },
    });
  const forgetOver = (): void => {
    for (const [key, mono] of lastMono) if (clock.mono() - mono > LISTENING_MS) lastMono.delete(key);
  };
  return {
    async played(actor, callId) {
      forgetOver();
      const key = `${actor.userId} ${callId}`;
      if (!lastMono.has(key)) await record(actor, callId, 'recording.play', 'played');
      lastMono.set(key, clock.mono());
    },
    refused: (actor, callId) => record(actor, callId, 'recording.play', 'denied'),
    async hold(actor, callId, held, reason) {
      const note = isFileName(callId) ? readNote(folder, callId) : null;
      // The hold first: what is not written down must not be deleted meanwhile.
      if (held) {
        if (note) writeNote(folder, { ...note, legalHold: true });
        // A call that has just begun is not in the store yet; its recording may be here.
        if (!(await store.holdCall(actor.orgId, callId, true)) && !note) existingRecording(folder, callId);
      }
      await record(actor, callId, 'recording.hold', held ? 'held' : 'lifted', { reason });
      if (!held) {
        await store.holdCall(actor.orgId, callId, false);
        if (note) writeNote(folder, { ...note, legalHold: false });
      }
    },
  };
}
