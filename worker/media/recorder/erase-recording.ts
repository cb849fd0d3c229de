import { rmSync } from 'node:fs';
import type { CallId } from '#shared/domain/ids.ts';
import { isFileName, peaksFile, recordingFile } from './recording-files.ts';
import { readNote, writeNote } from './recording-note.ts';

/** Deletes the audio and the shape of a recording; its note, which names nobody, says so. Throws what the file system throws. */
export function eraseRecording(folder: string, callId: CallId, nowMs: number): void {
  if (!isFileName(callId)) return;
  rmSync(recordingFile(folder, callId), { force: true });
  rmSync(peaksFile(folder, callId), { force: true });
  const note = readNote(folder, callId);
  if (note !== null && note.deletedAtMs === null)
    writeNote(folder, { ...note, deletedAtMs: nowMs, erased: true });
}
