import { samplesOf, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { SpokenAudio } from '#shared/adapters/voice-engine.ts';
import type { SpokenWord } from '#worker/models/speakable.ts';

/** One phone as the voice tells it: `pau` is a pause. */
export interface Phone {
  readonly name: string;
  readonly endSample: number;
}

/** Audible padding is latency: at most this much silence is left at the start and at the end. */
const LEADING_MS = 20;
const TRAILING_MS = 120;

/** Reads flite's list of phones: `name:seconds` separated by spaces. */
export function parsePhones(line: string): readonly Phone[] {
  return [...line.matchAll(/(\S+):(\d+(?:\.\d+)?)/gu)].map(([, name, seconds]) => ({
    name: name ?? '',
    endSample: Math.round(Number(seconds) * SAMPLE_RATE_HZ),
  }));
}

/** PCM of a mono 16 bit WAV file. Throws on any other. */
export function readWav(bytes: Buffer): Int16Array {
  if (
    bytes.toString('latin1', 0, 4) !== 'RIFF' ||
    bytes.readUInt32LE(24) !== SAMPLE_RATE_HZ ||
    bytes.readUInt16LE(22) !== 1 ||
    bytes.readUInt16LE(34) !== 16
  ) {
    throw new Error('expected a mono WAV of 16 kHz and 16 bit');
  }
  let at = 12;
  while (bytes.toString('latin1', at, at + 4) !== 'data') at += 8 + bytes.readUInt32LE(at + 4);
  const length = Math.min(bytes.readUInt32LE(at + 4), bytes.length - at - 8);
  const samples = new Int16Array(Math.floor(length / 2));
  for (let index = 0; index < samples.length; index += 1)
    samples[index] = bytes.readInt16LE(at + 8 + index * 2);
  return samples;
}

/** Ends of words on the sample axis, from the ends of phones: phrases are pinned to pauses, words inside them by their length. */
export function wordEnds(
  words: readonly SpokenWord[],
  phones: readonly Phone[],
  totalSamples: number,
): readonly number[] {
  const segments = segmentsOf(phones);
  const phrases = phrasesOf(words);
  const groups =
    segments.length === phrases.length
      ? phrases.map((phrase, index) => ({ phrase, phones: segments[index] ?? [] }))
      : [{ phrase: words, phones: segments.flat() }];
  const ends = groups.flatMap(({ phrase, phones: inside }) => {
    const weights = phrase.map(word => Math.max(1, word.spoken.replace(/[^\p{L}\p{Nd}]/gu, '').length));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let before = 0;
    return weights.map(weight => {
      before += weight;
      const phone = Math.max(0, Math.round((before / total) * inside.length) - 1);
      return inside[phone]?.endSample ?? totalSamples;
    });
  });
  let last = 0;
  return ends.map(end => (last = Math.max(last, Math.min(end, totalSamples))));
}

function segmentsOf(phones: readonly Phone[]): Phone[][] {
  const segments: Phone[][] = [];
  let open: Phone[] = [];
  for (const phone of phones) {
    if (phone.name !== 'pau') open.push(phone);
    else if (open.length > 0) {
      segments.push(open);
      open = [];
    }
  }
  if (open.length > 0) segments.push(open);
  return segments;
}

function phrasesOf(words: readonly SpokenWord[]): SpokenWord[][] {
  const phrases: SpokenWord[][] = [];
  let open: SpokenWord[] = [];
  for (const word of words) {
    open.push(word);
    if (!word.endsPhrase) continue;
    phrases.push(open);
    open = [];
  }
  if (open.length > 0) phrases.push(open);
  return phrases;
}

/** Cuts padding off and places the marks on what is left. */
export function trimAndMark(
  text: string,
  words: readonly SpokenWord[],
  samples: Int16Array,
  phones: readonly Phone[],
): SpokenAudio {
  const spoken = phones.filter(phone => phone.name !== 'pau');
  const firstPause = phones[0]?.name === 'pau' ? phones[0].endSample : 0;
  const lastSound = spoken.at(-1)?.endSample ?? samples.length;
  const from = Math.max(0, Math.min(firstPause, samples.length) - samplesOf(LEADING_MS));
  const to = Math.min(samples.length, lastSound + samplesOf(TRAILING_MS));
  const cut = samples.slice(from, Math.max(from, to));
  const ends = wordEnds(words, phones, samples.length);
  const marks = words.map((word, index) => ({
    chars: index === words.length - 1 ? text.length : word.endChars,
    sample: Math.max(0, Math.min(cut.length, (ends[index] ?? samples.length) - from)),
  }));
  return { samples: cut, marks };
}
