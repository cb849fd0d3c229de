import type { SpokenAudio } from '#shared/adapters/voice-engine.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';

/** Samples of one UTF-16 code unit; a frame of 20 ms says 16 of them, about twelve times as fast as a person. */
export const CHAR_SAMPLES = 20;

/**
 * Audio that can be read back: the first sample of each cell is the code unit it says. What really sounded is then known from
 * the samples alone, without asking a tag, an event or the gate.
 */
export function voiced(text: string): SpokenAudio {
  const samples = new Int16Array(text.length * CHAR_SAMPLES);
  const marks: { chars: number; sample: number }[] = [];
  for (let index = 0; index < text.length; index += 1) {
    samples[index * CHAR_SAMPLES] = text.charCodeAt(index);
    marks.push({ chars: index + 1, sample: (index + 1) * CHAR_SAMPLES });
  }
  return { samples, marks };
}

/** The text that a frame of {@link voiced} audio says; silence says nothing. */
export function readBack(samples: Int16Array): string {
  let text = '';
  for (let at = 0; at < FRAME_SAMPLES; at += CHAR_SAMPLES) {
    const unit = samples[at] ?? 0;
    if (unit !== 0) text += String.fromCharCode(unit & 0xffff);
  }
  return text;
}
