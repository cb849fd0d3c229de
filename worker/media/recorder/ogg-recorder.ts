import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { Recorder, Recording, RecordingFault, RecordingOrder } from '#shared/adapters/recorder.ts';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import { encodeTo, ffmpeg } from './ffmpeg.ts';
import { writePeaks } from './peaks.ts';
import { recordingFile } from './recording-files.ts';
import { noteOf, readNote, writeNote } from './recording-note.ts';

/** An encoder this far behind does not catch up: its disk or machine is stuck. 10 s of stereo. */
const MAX_WAITING_BYTES = 10 * SAMPLE_RATE_HZ * 2 * 2;

/** Starts an encoder that reads stereo samples from its standard input and writes the file. */
export type StartEncoder = (file: string) => EncoderProcess;

export interface EncoderProcess {
  readonly stdin: {
    readonly writableLength: number;
    write(data: Uint8Array): unknown;
    end(): unknown;
    on(event: 'error', listener: () => void): unknown;
  };
  on(event: 'exit', listener: (code: number | null) => void): unknown;
  on(event: 'error', listener: () => void): unknown;
  kill(): unknown;
}

interface Begun {
  readonly encoder: EncoderProcess;
  readonly shape: ReturnType<typeof writePeaks>;
}

/**
 * Stereo Ogg Opus, one encoder process per call (REC1-REC14). The process lives on when the worker is killed, sees the end of
 * its input and closes the file: a crash costs at most the frame under way.
 */
export class OggRecorder implements Recorder {
  readonly #folder: string;
  readonly #startEncoder: StartEncoder;

  constructor(folder: string, startEncoder: StartEncoder = startFfmpeg) {
    this.#folder = folder;
    this.#startEncoder = startEncoder;
  }

  start(order: RecordingOrder, onFault: (fault: RecordingFault) => void): Recording {
    let open = true;
    let begun: Begun;
    try {
      begun = this.#begin(order);
    } catch {
      queueMicrotask(() => {
        if (open) onFault('storage-failed');
      });
      return { push: () => undefined, end: () => (open = false) };
    }
    const { encoder, shape } = begun;
    const fault = (reason: RecordingFault): void => {
      if (!open) return;
      open = false;
      shape.end();
      onFault(reason);
    };
    encoder.on('error', () => fault('storage-failed'));
    encoder.on('exit', () => fault('storage-failed'));
    encoder.stdin.on('error', () => fault('storage-failed'));
    return {
      push: (caller, heard) => {
        if (!open) return;
        if (encoder.stdin.writableLength > MAX_WAITING_BYTES) {
          fault('too-slow');
          encoder.kill();
          return;
        }
        encoder.stdin.write(interleave(caller, heard));
        shape.push(caller, heard);
      },
      end: () => {
        open = false;
        encoder.stdin.end();
        shape.end();
      },
    };
  }

  /** Throws when the folder cannot be written. */
  #begin(order: RecordingOrder): Begun {
    mkdirSync(this.#folder, { recursive: true });
    const { callId, part } = order;
    // First of all: audio without a note of how long it may be kept must not exist. That of the first part is for all of them.
    if (part === 1 || readNote(this.#folder, callId) === null) writeNote(this.#folder, noteOf(order));
    const encoder = this.#startEncoder(recordingFile(this.#folder, callId, part));
    return { encoder, shape: writePeaks(this.#folder, callId, part) };
  }
}

/** Left, right, left, right: 16 bit little-endian. */
function interleave(left: Int16Array, right: Int16Array): Uint8Array {
  const both = new Int16Array(FRAME_SAMPLES * 2);
  for (let index = 0; index < FRAME_SAMPLES; index += 1) {
    both[2 * index] = left[index] ?? 0;
    both[2 * index + 1] = right[index] ?? 0;
  }
  return new Uint8Array(both.buffer);
}

function startFfmpeg(file: string): EncoderProcess {
  // Its own session: a signal to the worker's group must not end it before its input does.
  const child = spawn(ffmpeg(), encodeTo(file), { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  return child;
}
