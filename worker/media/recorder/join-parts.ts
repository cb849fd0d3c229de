import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import { decodeFrom, encodeTo, ffmpeg } from './ffmpeg.ts';
import { STRETCH_MS } from './peaks.ts';
import { audioFiles, peaksFile, recordingFile } from './recording-files.ts';

/** Stereo, 16 bit. */
const BYTES_PER_MS = (SAMPLE_RATE_HZ / 1000) * 2 * 2;
const SILENCE = Buffer.alloc(1000 * BYTES_PER_MS);

/** Calls of which more than one host has recorded. */
export function callsInParts(folder: string): readonly CallId[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).flatMap(name => /^([\w-]+)\.(?:\d+|joined)\.ogg$/u.exec(name)?.[1] ?? []);
  return [...new Set(names)] as CallId[];
}

/** Time since anything was last written to a part; encoders write five times a second, and close their file at once. */
export function quietForMs(folder: string, callId: CallId, nowMs: number): number {
  return Math.min(...audioFiles(folder, callId).map(file => nowMs - statSync(file).mtimeMs));
}

/**
 * Makes one recording and one shape of the parts of a call that has ended, each where it belongs in time, with silence between.
 * It may be killed at any point: what is joined has a name of its own before a part is deleted, and the next run goes on there
 * (REC16). Rejects with `storage.failed`; the parts are there then.
 *
 * @param startsAtMs when each part began; the first is the beginning of the whole, also where its file is missing
 */
export async function joinParts(
  folder: string,
  callId: CallId,
  startsAtMs: readonly number[],
): Promise<void> {
  const joined = {
    audio: join(folder, `${callId}.joined.ogg`),
    shape: join(folder, `${callId}.joined.peaks`),
  };
  if (!existsSync(joined.audio)) {
    const first = startsAtMs[0] ?? 0;
    const parts = startsAtMs.map((atMs, index) => ({ offsetMs: atMs - first, part: index + 1 }));
    const shapes = await Promise.all(
      parts.map(async ({ offsetMs, part }) => ({
        offsetMs,
        bytes: await readFile(peaksFile(folder, callId, part)).catch(() => new Uint8Array()),
      })),
    );
    writeFileSync(joined.shape, joinPeaks(shapes), { flush: true });
    const audio = parts.map(({ offsetMs, part }) => ({
      offsetMs,
      file: recordingFile(folder, callId, part),
    }));
    await joinAudio(
      audio.filter(({ file }) => sizeOf(file) > 0),
      `${joined.audio}.new`,
    );
    renameSync(`${joined.audio}.new`, joined.audio);
  }
  const kept = [joined.audio, joined.shape, recordingFile(folder, callId), peaksFile(folder, callId)];
  for (const file of audioFiles(folder, callId)) if (!kept.includes(file)) rmSync(file);
  if (existsSync(joined.shape)) renameSync(joined.shape, peaksFile(folder, callId));
  renameSync(joined.audio, recordingFile(folder, callId));
}

/** An encoder that was killed at once has left nothing. */
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

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

async function joinAudio(
  parts: readonly { readonly offsetMs: number; readonly file: string }[],
  into: string,
): Promise<void> {
  const encoder = spawn(ffmpeg(), encodeTo(into), { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(encoder, 'exit') as Promise<[number | null]>;
  // An encoder that ends early is known by its code.
  encoder.stdin.on('error', () => undefined);
  const write = async (samples: Uint8Array): Promise<void> => {
    if (!encoder.stdin.write(samples)) await Promise.race([once(encoder.stdin, 'drain'), ended]);
  };
  try {
    for await (const samples of onOneAxis(parts)) await write(samples);
    encoder.stdin.end();
    const [code] = await ended;
    if (code !== 0) throw appError('storage.failed', 'The parts of a recording could not be joined.');
  } finally {
    encoder.kill();
  }
}

/** The samples of all parts, each at its time. */
async function* onOneAxis(
  parts: readonly { readonly offsetMs: number; readonly file: string }[],
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for (const { offsetMs, file } of parts) {
    const from = Math.round(offsetMs) * BYTES_PER_MS;
    while (bytes < from) {
      const silence = SILENCE.subarray(0, from - bytes);
      bytes += silence.length;
      yield silence;
    }
    // Clocks of two processes: what would sound twice is left out.
    let skip = bytes - from;
    for await (const samples of samplesOf(file)) {
      const rest = samples.subarray(Math.min(skip, samples.length));
      skip -= samples.length - rest.length;
      bytes += rest.length;
      yield rest;
    }
  }
}

async function* samplesOf(file: string): AsyncGenerator<Buffer> {
  const decoder = spawn(ffmpeg(), decodeFrom(file), { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(decoder, 'exit') as Promise<[number | null]>;
  for await (const samples of decoder.stdout) yield samples as Buffer;
  const [code] = await ended;
  if (code !== 0) throw appError('storage.failed', 'A part of a recording cannot be read.');
}
