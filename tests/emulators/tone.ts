/** A pure tone, mono, 16 bit; what emulated voices speak with, so that a test can recognise it at the caller's ear. */
export function tone(hz: number, durationMs: number, rateHz: number): Int16Array {
  const samples = new Int16Array(Math.round((durationMs * rateHz) / 1000));
  for (let index = 0; index < samples.length; index += 1)
    samples[index] = Math.round(9000 * Math.sin((2 * Math.PI * hz * index) / rateHz));
  return samples;
}

export const bytesOf = (samples: Int16Array): Buffer =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

/** Spoken letters take about this long. */
export const MS_PER_CHAR = 30;
