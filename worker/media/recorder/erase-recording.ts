import type { CallId } from '#shared/domain/ids.ts';
import { deleteAudio, isFileName } from './recording-files.ts';
import { readNote, writeNote } from './recording-note.ts';

/** Deletes the audio and the shape of a recording; its note, which names nobody, says so. Throws what the file system throws. */
export function eraseRecording(folder: string, callId: CallId, nowMs: number): void {
  if (!isFileName(callId)) return;
  deleteAudio(folder, callId);
  const note = readNote(folder, callId);
  if (note !== null && note.deletedAtMs === null)
    writeNote(folder, { ...note, deletedAtMs: nowMs, erased: true });
}
