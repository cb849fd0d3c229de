import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyReply } from 'fastify';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';

/** Sends the recording of one call, whole or in the range asked for. Throws `recording.none` (REC7). */
export function serveRecording(reply: FastifyReply, folder: string, callId: CallId): FastifyReply {
  const name = `${callId}.ogg`;
  // Ids are ours and have no separators; whatever else is asked for is no recording.
  if (!/^[\w-]+\.ogg$/u.test(name) || !existsSync(join(folder, name)))
    throw appError('recording.none', 'There is no recording of this call.');
  return reply.type('audio/ogg').sendFile(name, { cacheControl: false });
}
