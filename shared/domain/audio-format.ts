/** The one audio format inside Sidetone: mono, signed 16 bit, 16 kHz, frames of 20 ms. Nothing resamples in between. */
export const SAMPLE_RATE_HZ = 16_000;
export const FRAME_SAMPLES = 320;
export const FRAME_MS = 20;

/** Milliseconds of audio to samples, rounded down. */
export function samplesOf(durationMs: number): number {
  return Math.floor((durationMs * SAMPLE_RATE_HZ) / 1000);
}

/** Samples to milliseconds of audio. */
export function msOf(samples: number): number {
  return (samples * 1000) / SAMPLE_RATE_HZ;
}
