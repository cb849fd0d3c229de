// Makes the recorded speech of every scripted caller: `node infra/scripts/make-caller-audio.ts [--check]`.
// Reads resources/demo/scenarios, speaks each clip with the bundled voice, and writes resources/demo/audio/<scenario>/<clip>.wav
// (16 kHz, mono, 16 bit, peak -3 dBFS) and clips.json with the sample at which each word ends. The same input gives the same
// bytes; `--check` only compares.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import { FliteSynthesiser } from '#worker/models/flite/flite-synthesiser.ts';
import { clipKey, type ClipIndex } from '#worker/telephony/stub/clips.ts';
import { loadScenarios } from '#worker/telephony/stub/load-scenarios.ts';

const PEAK = 32_767 * 10 ** (-3 / 20);
const root = join(import.meta.dirname, '../..');
const audioFolder = join(root, 'resources/demo/audio');

/** One clip as it is stored. */
export interface RenderedClip {
  readonly wav: Buffer;
  readonly words: readonly { readonly text: string; readonly endSample: number }[];
}

export function renderClip(
  flite: FliteSynthesiser,
  text: string,
  voice: 'rms' | 'awb' | 'kal16',
): RenderedClip {
  const { samples, marks } = flite.speak(text, voice);
  const loudest = samples.reduce((max, sample) => Math.max(max, Math.abs(sample)), 1);
  const words = text.split(/\s+/u).filter(word => word !== '');
  return {
    wav: wavOf(samples.map(sample => Math.round((sample * PEAK) / loudest))),
    words: words.map((word, index) => ({ text: word, endSample: marks[index]?.sample ?? samples.length })),
  };
}

function wavOf(samples: Int16Array): Buffer {
  const wav = Buffer.alloc(44 + samples.length * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + samples.length * 2, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  wav.writeUInt32LE(SAMPLE_RATE_HZ * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, index) => wav.writeInt16LE(sample, 44 + index * 2));
  return wav;
}

/** Renders everything. @returns files that differ from what is stored */
export function makeCallerAudio(write: boolean): readonly string[] {
  const flite = new FliteSynthesiser();
  const index: Record<string, ClipIndex[string]> = {};
  const differing: string[] = [];
  const put = (file: string, bytes: Buffer): void => {
    const path = join(audioFolder, file);
    if (existsSync(path) && readFileSync(path).equals(bytes)) return;
    differing.push(file);
    if (!write) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  };
  for (const scenario of loadScenarios(join(root, 'resources/demo/scenarios'))) {
    for (const [name, text] of Object.entries(scenario.clips)) {
      const { wav, words } = renderClip(flite, text, scenario.voice);
      const file = `${scenario.id}/${name}.wav`;
      put(file, wav);
      index[clipKey(scenario.id, name)] = { text, file, words: [...words] };
    }
  }
  put('clips.json', Buffer.from(`${JSON.stringify(index, null, 1)}\n`));
  flite.close();
  return differing;
}

if (import.meta.main) {
  const check = process.argv.includes('--check');
  const differing = makeCallerAudio(!check);
  process.stderr.write(`${String(differing.length)} files ${check ? 'differ' : 'written'}\n`);
  if (check && differing.length > 0) process.exitCode = 1;
}
