import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_DETECTOR, QUIET, stepSpeechDetector, type SpeechSignal } from './speech-detector.ts';

const WINDOW = 512;

function signals(probabilities: readonly number[]): (SpeechSignal & { readonly window: number })[] {
  let state = QUIET;
  const out: (SpeechSignal & { readonly window: number })[] = [];
  probabilities.forEach((probability, index) => {
    const [next, signal] = stepSpeechDetector(
      state,
      { probability, endSample: (index + 1) * WINDOW, windowSamples: WINDOW },
      DEFAULT_DETECTOR,
    );
    state = next;
    if (signal) out.push({ ...signal, window: index });
  });
  return out;
}

describe('speech detector', () => {
  test('[TUR20] two windows of 32 ms confirm an onset; one alone is dropped', () => {
    expect(signals([0, 0.9, 0.9])).toEqual([
      { type: 'speech.onset', onsetSample: WINDOW, window: 1 },
      { type: 'speech.confirmed', onsetSample: WINDOW, window: 2 },
    ]);
    expect(signals([0, 0.9, 0.1]).map(signal => signal.type)).toEqual(['speech.onset', 'speech.dropped']);
  });

  test('[TUR21] three windows of silence are a pause, two are not', () => {
    expect(signals([0.9, 0.9, 0, 0, 0.9, 0, 0, 0]).map(signal => [signal.type, signal.window])).toEqual([
      ['speech.onset', 0],
      ['speech.confirmed', 1],
      ['speech.paused', 7],
    ]);
  });

  test('[TUR22] onsets are confirmed or dropped before the next one, and pauses only follow confirmed speech', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 300 }), probabilities => {
        let open: 'quiet' | 'onset' | 'speaking' = 'quiet';
        for (const { type } of signals(probabilities)) {
          if (type === 'speech.onset') expect(open).toBe('quiet');
          if (type === 'speech.dropped' || type === 'speech.confirmed') expect(open).toBe('onset');
          if (type === 'speech.paused') expect(open).toBe('speaking');
          open = type === 'speech.onset' ? 'onset' : type === 'speech.confirmed' ? 'speaking' : 'quiet';
        }
      }),
    );
  });
});
