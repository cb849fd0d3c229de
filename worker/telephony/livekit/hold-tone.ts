import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';

const NOTES_HZ = [392, 494, 587, 494] as const;
const NOTE_SAMPLES = SAMPLE_RATE_HZ / 2;
/** Soft; about -26 dBFS. */
const PEAK = 1600;

/** What a caller on hold hears: four calm notes over and over. @param frame counted from the beginning of the hold */
export function holdFrame(frame: number): Int16Array {
  const samples = new Int16Array(FRAME_SAMPLES);
  for (let index = 0; index < FRAME_SAMPLES; index += 1) {
    const at = frame * FRAME_SAMPLES + index;
    const noteHz = NOTES_HZ[Math.floor(at / NOTE_SAMPLES) % NOTES_HZ.length] ?? NOTES_HZ[0];
    const inNote = at % NOTE_SAMPLES;
    // Swells and fades, so that no note begins with a click.
    const swell = Math.sin((Math.PI * inNote) / NOTE_SAMPLES);
    samples[index] = Math.round(PEAK * swell * Math.sin((2 * Math.PI * noteHz * inNote) / SAMPLE_RATE_HZ));
  }
  return samples;
}
