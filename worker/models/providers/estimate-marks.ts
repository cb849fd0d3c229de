import type { SpokenAudio } from '#shared/adapters/voice-engine.ts';
import { speakable } from '#worker/models/speakable.ts';
import type { TimedWord } from './provider-thread-messages.ts';

/** Below this a sample is silence; about -46 dB. */
const SILENCE_PEAK = 160;
/** A pause after a phrase, in the weight of letters. */
const PAUSE_WEIGHT = 4;

/**
 * When each word of the text has been said. With the provider's own times where they fit the text, else estimated: words
 * share the audible part of the audio by their spoken length, phrases by a pause (PRO27). The last mark is the whole text.
 */
export function marksFor(
  text: string,
  samples: Int16Array,
  words: readonly TimedWord[],
): SpokenAudio['marks'] {
  return timedMarks(text, samples.length, words) ?? estimatedMarks(text, samples);
}

function timedMarks(
  text: string,
  totalSamples: number,
  words: readonly TimedWord[],
): SpokenAudio['marks'] | null {
  const marks: { chars: number; sample: number }[] = [];
  let at = 0;
  let sample = 0;
  for (const word of words) {
    const trimmed = word.text.trim();
    if (trimmed === '') continue;
    const found = text.indexOf(trimmed, at);
    // Times of another text than ours are worth nothing.
    if (found === -1 || text.slice(at, found).trim() !== '') return null;
    at = found + trimmed.length;
    sample = Math.max(sample, Math.min(totalSamples, Math.round(word.endMs * 16)));
    marks.push({ chars: at, sample });
  }
  if (marks.length === 0 || text.slice(at).trim() !== '') return null;
  const last = marks.pop();
  return [...marks, { chars: text.length, sample: last?.sample ?? totalSamples }];
}

function estimatedMarks(text: string, samples: Int16Array): SpokenAudio['marks'] {
  const { words } = speakable(text);
  const loud = (sample: number): boolean => Math.abs(sample) > SILENCE_PEAK;
  const begin = Math.max(0, samples.findIndex(loud));
  const end = Math.max(begin, samples.findLastIndex(loud) + 1);
  const weights = words.map(
    ({ spoken, endsPhrase }, index) =>
      Math.max(1, spoken.replace(/[^\p{L}\p{Nd}]/gu, '').length) +
      (endsPhrase && index < words.length - 1 ? PAUSE_WEIGHT : 0),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return words.map((word, index) => {
    before += weights[index] ?? 0;
    const last = index === words.length - 1;
    return {
      chars: last ? text.length : word.endChars,
      sample: Math.round(begin + ((end - begin) * before) / Math.max(1, total)),
    };
  });
}
