import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { isExpired, retentionOf } from '#shared/domain/retention.ts';
import { deleteAudio } from './recording-files.ts';
import { readNote, writeNote, type RecordingNote } from './recording-note.ts';

const RUN_EVERY_MS = 3_600_000;

export interface RetentionDeps {
  readonly folder: string;
  /** Whose a recording is that has no note: one from before there were any. */
  readonly orgId: string;
  readonly clock: Clock;
  /** Writes down that a recording was deleted. Rejects when it could not. */
  readonly record: (note: RecordingNote) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Deletes what has expired now and once an hour. @returns stops it */
export function startRetention(deps: RetentionDeps): Cancel {
  let stopped = false;
  let cancel: Cancel = () => undefined;
  const run = async (): Promise<void> => {
    await deleteExpired(deps).catch(deps.onError);
    if (!stopped) cancel = deps.clock.after(RUN_EVERY_MS, () => void run());
  };
  void run();
  return () => {
    stopped = true;
    cancel();
  };
}

/**
 * Deletes the audio and the shape of every recording whose days are over (REC11). The row is written after the audio has gone and
 * before the note says so: a crash between costs a second row, never a deletion that nobody knows of.
 */
export async function deleteExpired(deps: RetentionDeps): Promise<readonly CallId[]> {
  const deleted: CallId[] = [];
  for (const note of recordingsIn(deps.folder, deps.orgId)) {
    const nowMs = deps.clock.now();
    if (note.deletedAtMs !== null || !isExpired(note, note.startedAtMs, nowMs)) continue;
    const callId = note.callId as CallId;
    deleteAudio(deps.folder, callId);
    const gone = { ...note, deletedAtMs: nowMs };
    await deps.record(gone);
    writeNote(deps.folder, gone);
    deleted.push(callId);
  }
  return deleted;
}

/** Every recording that is or was there. One without a note is kept as usual, from when it was last written. */
function recordingsIn(folder: string, orgId: string): readonly RecordingNote[] {
  const names =
    statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
  const callIds = new Set(names.flatMap(name => /^([\w-]+)\.(?:ogg|json)$/u.exec(name)?.[1] ?? []));
  return [...callIds].flatMap(callId => {
    const note = readNote(folder, callId as CallId);
    if (note !== null) return [note];
    const audio = statSync(join(folder, `${callId}.ogg`), { throwIfNoEntry: false });
    return audio
      ? [{ v: 1, callId, orgId, startedAtMs: audio.mtimeMs, ...retentionOf('standard'), deletedAtMs: null }]
      : [];
  });
}
