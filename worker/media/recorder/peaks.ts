import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { CallId } from '#shared/domain/ids.ts';
import type { RecordingPeaks } from '#shared/protocol/recording-peaks.ts';
import { peaksFile } from './recording-files.ts';

/** Five frames of 20 ms. */
export const STRETCH_MS = 100;
const STRETCH_FRAMES = 5;
/** Written once a second: a crash costs no more than that of the picture. */
const WRITE_STRETCHES = 10;
const FULL_SCALE = 32_768;

/** The loudest samples of both sides, one byte each per stretch: caller, heard, caller, heard. */
export interface PeakMeter {
  push(caller: Int16Array, heard: Int16Array): void;
  /** Hands over the stretches that are complete, or all with what has begun. */
  take(all: boolean): Uint8Array;
  readonly waitingStretches: () => number;
}

export function createPeakMeter(): PeakMeter {
  let bytes: number[] = [];
  let frames = 0;
  let caller = 0;
  let heard = 0;
  const close = (): void => {
    bytes.push(byteOf(caller), byteOf(heard));
    frames = caller = heard = 0;
  };
  return {
    push(callerSamples, heardSamples) {
      caller = Math.max(caller, loudest(callerSamples));
      heard = Math.max(heard, loudest(heardSamples));
      frames += 1;
      if (frames === STRETCH_FRAMES) close();
    },
    take(all) {
      if (all && frames > 0) close();
      const taken = Uint8Array.from(bytes);
      bytes = [];
      return taken;
    },
    waitingStretches: () => bytes.length / 2,
  };
}

/** Writes the shape of a recording beside it. The audio does not depend on it: what cannot be written is left out. */
export function writePeaks(
  folder: string,
  callId: CallId,
  part = 1,
): Pick<PeakMeter, 'push'> & { end(): void } {
  const meter = createPeakMeter();
  const file = createWriteStream(peaksFile(folder, callId, part));
  let open = true;
  // The recorder meets the same disk and says what is wrong with it (REC5).
  file.on('error', () => (open = false));
  return {
    push(caller, heard) {
      if (!open) return;
      meter.push(caller, heard);
      if (meter.waitingStretches() >= WRITE_STRETCHES) file.write(meter.take(false));
    },
    end() {
      if (open) file.end(meter.take(true));
      open = false;
    },
  };
}

/** The shape of a recording in at most `points` stretches, or null where there is none. */
export async function readPeaks(
  folder: string,
  callId: CallId,
  points: number,
): Promise<RecordingPeaks | null> {
  const bytes = await readFile(peaksFile(folder, callId)).catch(() => null);
  return bytes === null ? null : foldPeaks(bytes, points);
}

/** Puts neighbours together, the loudest of them counting, until there are at most `points`. */
export function foldPeaks(bytes: Uint8Array, points: number): RecordingPeaks {
  const stretches = Math.floor(bytes.length / 2);
  const together = Math.max(1, Math.ceil(stretches / points));
  const side = (at: 0 | 1): number[] =>
    Array.from({ length: Math.ceil(stretches / together) }, (_, index) => {
      let most = 0;
      const end = Math.min(stretches, (index + 1) * together);
      for (let one = index * together; one < end; one += 1) most = Math.max(most, bytes[2 * one + at] ?? 0);
      return Math.round((most / 255) * 1000) / 1000;
    });
  return { stretchMs: STRETCH_MS * together, caller: side(0), heard: side(1) };
}

const byteOf = (peak: number): number => Math.round((peak / FULL_SCALE) * 255);

function loudest(samples: Int16Array): number {
  let most = 0;
  for (const sample of samples) most = Math.max(most, Math.abs(sample));
  return most;
}
