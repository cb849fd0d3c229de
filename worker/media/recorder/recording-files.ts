import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '#shared/domain/ids.ts';

/**
 * Audio of one call's recording. @param part counts from 1; a host that goes on with a call begins a further part, which lies
 * beside the first until the parts are joined (REC16)
 */
export const recordingFile = (folder: string, callId: CallId, part = 1): string =>
  join(folder, `${partName(callId, part)}.ogg`);

/** Its shape, see `peaks.ts`. */
export const peaksFile = (folder: string, callId: CallId, part = 1): string =>
  join(folder, `${partName(callId, part)}.peaks`);

// No id of a call holds a dot.
const partName = (callId: CallId, part: number): string =>
  part === 1 ? callId : `${callId}.${String(part)}`;

/** What the parts of a call that still runs come to together; it is made as somebody listens, and is the whole when the call has ended. */
export const joiningFile = (folder: string, callId: CallId): string => join(folder, `${callId}.joining.ogg`);

/** The parts themselves. */
export const partFiles = (folder: string, callId: CallId): readonly string[] =>
  audioFiles(folder, callId).filter(file => !/\.(?:joining|joined)\.(?:ogg|peaks)$/u.test(file));

/** Every file of this call's audio and shape that is there: parts, and what is being made of them. */
export function audioFiles(folder: string, callId: CallId): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(name => name.startsWith(`${callId}.`) && /\.(?:ogg|peaks)(?:\.new)?$/u.test(name))
    .map(name => join(folder, name));
}

/** Throws what the file system throws. */
export function deleteAudio(folder: string, callId: CallId): void {
  for (const file of audioFiles(folder, callId)) rmSync(file, { force: true });
}

/** What is known of it beside its audio, see `recording-note.ts`. */
export const noteFile = (folder: string, callId: CallId): string => join(folder, `${callId}.json`);

/** Ids of calls are ours and have no separators; whatever else is asked for names no file. */
export const isFileName = (callId: string): boolean => /^[\w-]{1,64}$/u.test(callId);
