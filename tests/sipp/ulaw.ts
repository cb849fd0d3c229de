import { toneFrame } from '#tests/fixtures/tone-frame.ts';

const BIAS = 0x84;
const CLIP = 32_635;

/** G.711 µ-law of one sample of 16 bits. */
export function toUlaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(CLIP, Math.abs(sample)) + BIAS;
  const exponent = Math.max(0, 31 - Math.clz32(magnitude) - 7);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

export function fromUlaw(byte: number): number {
  const bits = ~byte & 0xff;
  const exponent = (bits >> 4) & 7;
  const magnitude = (((bits & 0x0f) << 3) + BIAS) << exponent;
  return (bits & 0x80) !== 0 ? BIAS - magnitude : magnitude - BIAS;
}

/** A second of a tone at 8 kHz, as a phone sends it; SIPp repeats it. @param hz a whole number, or it would click */
export function toneUlaw(hz: number): Uint8Array {
  const samples = new Uint8Array(8000);
  for (let frame = 0; frame < 50; frame += 1) {
    const tone = toneFrame(hz, frame * 320);
    for (let index = 0; index < 160; index += 1) samples[frame * 160 + index] = toUlaw(tone[index * 2] ?? 0);
  }
  return samples;
}
