import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { RecordingOrder } from '#shared/adapters/recorder.ts';
import { RETENTION_PROFILE_NAMES } from '#shared/domain/retention.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { noteFile } from './recording-files.ts';

const noteSchema = z.object({
  v: z.literal(1),
  callId: z.string(),
  orgId: z.string(),
  startedAtMs: z.number(),
  profile: z.enum(RETENTION_PROFILE_NAMES),
  keepDays: z.number().int().nonnegative(),
  legalHold: z.boolean(),
  /** When the audio was deleted; null while it is there. */
  deletedAtMs: z.number().nullable(),
  /** It went with all that told of the caller, not because its days were over. */
  erased: z.boolean().optional(),
});

/**
 * Kept beside the audio, so that whoever finds one finds how long it may lie there. It stays when the audio has gone and says
 * so then.
 */
export type RecordingNote = z.infer<typeof noteSchema>;

export const noteOf = ({ callId, orgId, startedAtMs, retention }: RecordingOrder): RecordingNote => ({
  v: 1,
  callId,
  orgId,
  startedAtMs,
  ...retention,
  deletedAtMs: null,
});

/** Written whole or not at all. Throws what the file system throws. */
export function writeNote(folder: string, note: RecordingNote): void {
  const file = noteFile(folder, note.callId as CallId);
  writeFileSync(`${file}.new`, JSON.stringify(note), { flush: true });
  renameSync(`${file}.new`, file);
}

/** @returns null where there is no note or it cannot be read */
export function readNote(folder: string, callId: CallId): RecordingNote | null {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(noteFile(folder, callId), 'utf8')));
  } catch {
    return null;
  }
}
