import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';

/** Sums 20 ms of several speakers with saturation. One speaker is passed on as it is; none is silence. */
export function mix(sources: readonly Int16Array[]): Int16Array {
  const [first, ...rest] = sources;
  if (!first) return new Int16Array(FRAME_SAMPLES);
  if (rest.length === 0) return first;
  const out = new Int16Array(FRAME_SAMPLES);
  for (let index = 0; index < FRAME_SAMPLES; index += 1) {
    let sum = first[index] ?? 0;
    for (const source of rest) sum += source[index] ?? 0;
    out[index] = Math.max(-32_768, Math.min(32_767, sum));
  }
  return out;
}

/** Peak of a frame, 0 to 1. */
export function peak(samples: Int16Array): number {
  let max = 0;
  for (const sample of samples) max = Math.max(max, Math.abs(sample));
  return max / 32_768;
}
