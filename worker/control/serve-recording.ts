import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { FastifyReply } from 'fastify';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { RecordingPeaks } from '#shared/protocol/recording-peaks.ts';
import type { RecordingParts } from '#worker/media/recorder/join-job.ts';
import { foldPeaks, readPeaks } from '#worker/media/recorder/peaks.ts';
import { isFileName, recordingFile } from '#worker/media/recorder/recording-files.ts';
import { readNote } from '#worker/media/recorder/recording-note.ts';

/** Where recordings are, and what is known of those that are in parts; absent where no call goes on in another process. */
export interface Recordings {
  readonly folder: string;
  readonly parts: RecordingParts | undefined;
}

/** File of all that there is of a call's recording now. Rejects with `recording.none` (REC7), `recording.expired`, `storage.failed`. */
export async function recordingOf({ folder, parts }: Recordings, callId: CallId): Promise<string> {
  const joining = isFileName(callId) ? await parts?.playable(callId) : null;
  return joining ?? existingRecording(folder, callId);
}

/** Sends a recording, whole or in the range asked for. */
export function serveRecording(reply: FastifyReply, file: string): FastifyReply {
  return reply.type('audio/ogg').sendFile(basename(file), { cacheControl: false });
}

/** The shape of the recording of one call (REC13, REC17). Rejects as `recordingOf` does. */
export async function peaksOf(
  { folder, parts }: Recordings,
  callId: CallId,
  points: number,
): Promise<RecordingPeaks> {
  const joining = isFileName(callId) ? await parts?.shape(callId) : null;
  if (joining) return foldPeaks(joining, points);
  existingRecording(folder, callId);
  const peaks = await readPeaks(folder, callId, points);
  if (peaks === null) throw appError('recording.none', 'The shape of this recording was not kept.');
  return peaks;
}

/** The file of a recording that is there. */
export function existingRecording(folder: string, callId: CallId): string {
  if (!isFileName(callId)) throw none();
  const file = recordingFile(folder, callId);
  if (existsSync(file)) return file;
  const note = readNote(folder, callId);
  if (note === null || note.deletedAtMs === null) throw none();
  if (note.erased === true)
    throw appError('recording.expired', 'The recording was deleted with all that told of the caller.');
  throw appError(
    'recording.expired',
    `The recording was deleted after ${String(note.keepDays)} days, as the profile ${note.profile} asks.`,
  );
}

const none = () => appError('recording.none', 'There is no recording of this call.');
