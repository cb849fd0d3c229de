import { hears } from '#tests/fakes/text-disguises.ts';

/** How fast a person is spoken to; a leak is counted in milliseconds of this speech. Source: research of guards, 15 characters/s. */
export const SPEECH_CHARS_PER_S = 15;
const GUARD_LATENCY_MS = 300;

/** A published guard that speaks first and checks beside it. */
export interface LeakyGuard {
  readonly name: string;
  /** It looks each time this many characters more have been written, and at the end. */
  readonly everyChars: number;
  /** How fast the model writes: 300 characters/s is a quick text model, 45 one that speaks itself. */
  readonly writingCharsPerS: number;
}

/** L1: a check every 100 characters of the transcript, beside the audio. L2: chunks of 200 tokens, streamed first. */
export const LEAKY_GUARDS: readonly LeakyGuard[] = [
  { name: 'L1-100-chars-async', everyChars: 100, writingCharsPerS: 300 },
  { name: 'L2-stream-first', everyChars: 800, writingCharsPerS: 300 },
  { name: 'L1-100-chars-async-slow-model', everyChars: 100, writingCharsPerS: 45 },
  { name: 'L2-stream-first-slow-model', everyChars: 800, writingCharsPerS: 45 },
];

/**
 * How long the caller hears a forbidden phrase before such a guard stops the speech. The guard is given a perfect eye: it sees
 * every disguise. Only its place in the path leaks.
 * @returns milliseconds of the phrase that were audible; 0 when it was stopped in time
 */
export function leakedMs(
  guard: LeakyGuard,
  answer: { readonly text: string; readonly phrase: string; readonly from: number; readonly to: number },
): number {
  const { text, phrase, from, to } = answer;
  const writtenMs = (chars: number): number => (chars / guard.writingCharsPerS) * 1000;
  const spokenMs = (chars: number): number => (chars / SPEECH_CHARS_PER_S) * 1000;
  let stopMs = Infinity;
  for (let chars = guard.everyChars; ; chars += guard.everyChars) {
    const seen = Math.min(chars, text.length);
    if (hears(text.slice(0, seen), phrase)) {
      stopMs = writtenMs(seen) + GUARD_LATENCY_MS;
      break;
    }
    if (seen === text.length) break;
  }
  return Math.max(0, Math.min(spokenMs(to), stopMs) - spokenMs(from));
}
