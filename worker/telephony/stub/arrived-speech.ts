import type { ScriptedUtterance } from '#shared/adapters/speech-script.ts';
import type { CallerFrame } from '#shared/adapters/telephony-adapter.ts';
import { samplesOf } from '#shared/domain/audio-format.ts';

/** Speech, against the noise of a scripted line (24) and what a codec makes of it. */
const LOUD = 500;
/** What has not come by then has been lost on the way. */
const LOST_AFTER_SAMPLES = samplesOf(2000);
/** The end of a sentence may arrive this much later than its beginning made one think. */
const TAIL_SAMPLES = samplesOf(40);

interface Passage {
  /** First loud sample as it was sent. */
  readonly sentSample: number;
  /** Where the other end was at that moment. */
  readonly afterSample: number;
  /** Samples between sent and arrived; `null` while on the way, `lost` for ever. */
  shift: number | 'lost' | null;
}

/** What a scripted caller says, where it really arrives. */
export interface ArrivedSpeech {
  /** A frame as the caller sent it, and all they have said so far. */
  sent(frame: CallerFrame, said: readonly ScriptedUtterance[]): void;
  /** A frame as the call got it. */
  arrived(frame: CallerFrame, said: readonly ScriptedUtterance[]): void;
  /** What of it has begun to arrive, on the sample axis of the call. */
  heard(said: readonly ScriptedUtterance[]): readonly ScriptedUtterance[];
}

/**
 * Places a scripted caller's words by listening for them: a sentence is there when its sound is, and one whose sound never comes
 * was never said. Pure. Source: docs/spec/telephony.md TEL27.
 */
export function createArrivedSpeech(): ArrivedSpeech {
  const passages: Passage[] = [];
  let nextSample = 0;
  /** When a sentence has arrived in full, so that its end is not taken for the next one's beginning. */
  const overAt = (index: number, said: readonly ScriptedUtterance[]): number => {
    const shift = passages[index]?.shift;
    return typeof shift === 'number' ? (said[index]?.endSample ?? 0) + shift + TAIL_SAMPLES : 0;
  };
  return {
    sent: (frame, said) => {
      const utterance = said[passages.length];
      if (!utterance) return;
      const at = firstLoud(frame, utterance.startSample);
      if (at !== null) passages.push({ sentSample: at, afterSample: nextSample, shift: null });
    },
    arrived: (frame, said) => {
      nextSample = frame.sampleOffset + frame.samples.length;
      const index = passages.findIndex(({ shift }) => shift === null);
      const passage = passages[index];
      if (!passage) return;
      const at = firstLoud(frame, Math.max(passage.afterSample, overAt(index - 1, said)));
      if (at !== null) passage.shift = at - passage.sentSample;
      else if (nextSample > passage.afterSample + LOST_AFTER_SAMPLES) passage.shift = 'lost';
    },
    heard: said =>
      said.flatMap((utterance, index) => {
        const shift = passages[index]?.shift;
        return typeof shift === 'number' ? [moved(utterance, shift)] : [];
      }),
  };
}

function firstLoud({ sampleOffset, samples }: CallerFrame, fromSample: number): number | null {
  const from = Math.max(0, fromSample - sampleOffset);
  const index = samples.findIndex((sample, at) => at >= from && Math.abs(sample) > LOUD);
  return index < 0 ? null : sampleOffset + index;
}

const moved = (utterance: ScriptedUtterance, shift: number): ScriptedUtterance => ({
  text: utterance.text,
  startSample: utterance.startSample + shift,
  endSample: utterance.endSample + shift,
  words: utterance.words.map(word => ({ text: word.text, endSample: word.endSample + shift })),
});
