import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallId } from '#shared/domain/ids.ts';
import type { GrowingJoin } from './growing-join.ts';
import { STRETCH_MS } from './peaks.ts';
import {
  audioFiles,
  deleteAudio,
  joiningFile,
  partFiles,
  peaksFile,
  recordingFile,
} from './recording-files.ts';

/** Calls of which more than one host has recorded. */
export function callsInParts(folder: string): readonly CallId[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).flatMap(name => /^([\w-]+)\.(?:\d+|joined)\.ogg$/u.exec(name)?.[1] ?? []);
  return [...new Set(names)] as CallId[];
}

/** Whether more than one host has recorded this call. */
export const isInParts = (folder: string, callId: CallId): boolean =>
  partFiles(folder, callId).some(file => /\.\d+\.ogg$/u.test(file));

/** Time since anything was last written to a part; encoders write five times a second, and close their file at once. */
export function quietForMs(folder: string, callId: CallId, nowMs: number): number {
  return Math.min(...partFiles(folder, callId).map(file => nowMs - statSync(file).mtimeMs));
}

/**
 * Makes one recording and one shape of the parts of a call that has ended, each where it belongs in time, with silence between.
 * It may be killed at any point: what is joined has a name of its own before a part is deleted, and the next run goes on there
 * (REC16). Rejects with `storage.failed`; the parts are there then.
 *
 * @param growing what was joined while the call ran; it is gone on with
 */
export async function joinParts(
  folder: string,
  callId: CallId,
  startsAtMs: readonly number[],
  growing: GrowingJoin,
): Promise<void> {
  const joined = {
    audio: join(folder, `${callId}.joined.ogg`),
    shape: join(folder, `${callId}.joined.peaks`),
  };
  if (!existsSync(joined.audio)) {
    writeFileSync(joined.shape, await shapeOfParts(folder, callId, startsAtMs), { flush: true });
    await growing.extend(Infinity, true);
    // Encoders that were all killed at once have left nothing to play.
    if (!growing.isBegun()) return deleteAudio(folder, callId);
    renameSync(joiningFile(folder, callId), joined.audio);
  }
  const kept = [joined.audio, joined.shape, recordingFile(folder, callId), peaksFile(folder, callId)];
  for (const file of audioFiles(folder, callId)) if (!kept.includes(file)) rmSync(file);
  if (existsSync(joined.shape)) renameSync(joined.shape, peaksFile(folder, callId));
  renameSync(joined.audio, recordingFile(folder, callId));
}

/** The shapes of all parts as one, each where it belongs in time. */
export async function shapeOfParts(
  folder: string,
  callId: CallId,
  startsAtMs: readonly number[],
): Promise<Uint8Array> {
  return joinPeaks(
    await Promise.all(
      startsAtMs.map(async (atMs, index) => ({
        offsetMs: atMs - (startsAtMs[0] ?? 0),
        bytes: await readFile(peaksFile(folder, callId, index + 1)).catch(() => new Uint8Array()),
      })),
    ),
  );
}

/** Puts shapes into one; where two overlap the louder counts. Pure. */
export function joinPeaks(
  parts: readonly { readonly offsetMs: number; readonly bytes: Uint8Array }[],
): Uint8Array {
  const placed = parts.map(({ offsetMs, bytes }) => ({ from: 2 * Math.round(offsetMs / STRETCH_MS), bytes }));
  const whole = new Uint8Array(Math.max(0, ...placed.map(({ from, bytes }) => from + bytes.length)));
  for (const { from, bytes } of placed)
    bytes.forEach((byte, at) => (whole[from + at] = Math.max(whole[from + at] ?? 0, byte)));
  return whole;
}
