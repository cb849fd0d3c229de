import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FliteSynthesiser } from '#worker/models/flite/flite-synthesiser.ts';
import { renderClip } from './make-caller-audio.ts';

const audio = join(import.meta.dirname, '../../resources/demo/audio');

test('[TEL24] recorded speech is the same to the byte when it is made again', () => {
  const flite = new FliteSynthesiser();
  const { wav, words } = renderClip(
    flite,
    'Hello, I would like to know when my order four two four two will arrive.',
    'rms',
  );
  flite.close();
  expect(readFileSync(join(audio, 'order-status/ask.wav')).equals(wav)).toBe(true);
  expect(words.at(-1)?.text).toBe('arrive.');
});
