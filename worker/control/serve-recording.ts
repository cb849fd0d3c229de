import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { FastifyReply } from 'fastify';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { RecordingPeaks } from '#shared/protocol/recording-peaks.ts';
import { readPeaks } from '#worker/media/recorder/peaks.ts';
import { isFileName, recordingFile } from '#worker/media/recorder/recording-files.ts';
import { readNote } from '#worker/media/recorder/recording-note.ts';

/** Sends the recording of one call, whole or in the range asked for. Throws `recording.none` (REC7) and `recording.expired`. */
export function serveRecording(reply: FastifyReply, folder: string, callId: CallId): FastifyReply {
  const file = existingRecording(folder, callId);
  return reply.type('audio/ogg').sendFile(basename(file), { cacheControl: false });
}

/** The shape of the recording of one call (REC13). Rejects as `serveRecording` throws. */
export async function peaksOf(folder: string, callId: CallId, points: number): Promise<RecordingPeaks> {
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
