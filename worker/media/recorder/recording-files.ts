import { join } from 'node:path';
import type { CallId } from '#shared/domain/ids.ts';

/** Audio of one call's recording. */
export const recordingFile = (folder: string, callId: CallId): string => join(folder, `${callId}.ogg`);

/** Its shape, see `peaks.ts`. */
export const peaksFile = (folder: string, callId: CallId): string => join(folder, `${callId}.peaks`);

/** What is known of it beside its audio, see `recording-note.ts`. */
export const noteFile = (folder: string, callId: CallId): string => join(folder, `${callId}.json`);

/** Ids of calls are ours and have no separators; whatever else is asked for names no file. */
export const isFileName = (callId: string): boolean => /^[\w-]{1,64}$/u.test(callId);
