import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';

/** About -40 dBFS: below it nothing of an answer is heard; an answer that is ducked by 20 dB still is. */
const AUDIBLE_PEAK = 300;
/** Longer silence is the end of an answer and no gap in it. */
const GAP_LIMIT_FRAMES = 10;

/** What one caller hears, frame by frame. */
export interface Ear {
  hear(samples: Int16Array, callerSpeaks: boolean): void;
  /** Whether anything audible has come since this was last asked. */
  heardSince(): boolean;
  readonly figures: () => { readonly gapFrames: number; readonly answerFrames: number };
}

export function createEar(): Ear {
  let fresh = false;
  let silentFrames = GAP_LIMIT_FRAMES;
  let gapFrames = 0;
  let answerFrames = 0;
  return {
    hear(samples, callerSpeaks) {
      const audible = samples.some(sample => Math.abs(sample) > AUDIBLE_PEAK);
      if (audible) fresh = true;
      // While the caller speaks, silence is what they want.
      if (callerSpeaks) {
        silentFrames = GAP_LIMIT_FRAMES;
        return;
      }
      if (!audible) {
        silentFrames += 1;
        return;
      }
      if (silentFrames < GAP_LIMIT_FRAMES) gapFrames += silentFrames;
      silentFrames = 0;
      answerFrames += 1;
    },
    heardSince() {
      const heard = fresh;
      fresh = false;
      return heard;
    },
    figures: () => ({ gapFrames, answerFrames }),
  };
}

/** Whether a frame of 320 samples holds a voice rather than the caller's noise. */
export const isLoud = (samples: Int16Array): boolean =>
  samples.length >= FRAME_SAMPLES && samples.some(sample => Math.abs(sample) > AUDIBLE_PEAK);
