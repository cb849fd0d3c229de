import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The tone that stands for a person's voice: nothing else in a call is a pure 1 kHz. */
export const TONE_HZ = 1000;

/** A WAV of the tone, for Chromium's fake microphone. */
export function toneFile(): string {
  const samples = 16_000 * 5;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(16_000, 24);
  wav.writeUInt32LE(32_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples * 2, 40);
  for (let index = 0; index < samples; index += 1)
    wav.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * TONE_HZ * index) / 16_000)), 44 + index * 2);
  const file = join(mkdtempSync(join(tmpdir(), 'sidetone-tone-')), 'tone.wav');
  writeFileSync(file, wav);
  return file;
}

/** The tone of a second person, where two have to be told apart. */
export const WHISPER_HZ = 1790;
