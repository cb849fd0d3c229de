import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JITTER_MAX_MS, JITTER_MIN_MS, JitterBuffer } from './jitter-buffer.ts';

const frame = (value: number): Int16Array => new Int16Array(320).fill(value);
const pull = (buffer: JitterBuffer, length = 320): Float32Array => {
  const out = new Float32Array(length).fill(9);
  buffer.pull(out);
  return out;
};

test('[UI50] nothing is played before 40 ms are in hand', () => {
  const buffer = new JitterBuffer();
  buffer.push(0, frame(16_384));
  expect(pull(buffer).every(sample => sample === 0)).toBe(true);
  buffer.push(1, frame(16_384));
  expect(pull(buffer)[0]).toBeCloseTo(0.5);
});

test('[UI50] an underrun is silence, is counted, and makes the buffer wait longer up to its bound', () => {
  const buffer = new JitterBuffer();
  let sequence = 0;
  for (let round = 0; round < 10; round += 1) {
    while (buffer.length < (buffer.targetMs * 16_000) / 1000) buffer.push(sequence++, frame(1000));
    while (buffer.length > 0) pull(buffer);
    expect(pull(buffer).every(sample => sample === 0)).toBe(true);
  }
  expect(buffer.underruns).toBe(10);
  expect(buffer.targetMs).toBe(JITTER_MAX_MS);
});

test('[UI50] ten calm seconds give 20 ms back', () => {
  const buffer = new JitterBuffer();
  let sequence = 0;
  const fill = (): void => {
    while (buffer.length < (buffer.targetMs * 16_000) / 1000) buffer.push(sequence++, frame(1));
  };
  fill();
  while (buffer.length > 0) pull(buffer);
  pull(buffer);
  expect(buffer.targetMs).toBe(JITTER_MIN_MS + 20);
  for (let at = 0; at < 510; at += 1) {
    fill();
    pull(buffer);
  }
  expect(buffer.targetMs).toBe(JITTER_MIN_MS);
});

test('[UI51] late and repeated frames are dropped, also where the counter wraps', () => {
  const buffer = new JitterBuffer();
  buffer.push(0xffff_ffff, frame(100));
  buffer.push(0, frame(200));
  buffer.push(0, frame(300));
  buffer.push(0xffff_fffe, frame(400));
  expect(buffer.length).toBe(640);
});

test('[UI51] the buffer never holds more than its target and 80 ms', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), steps => {
      const buffer = new JitterBuffer();
      let sequence = 0;
      for (const isPush of steps) {
        if (isPush) buffer.push(sequence++, frame(1));
        else pull(buffer, 128);
        expect(buffer.length).toBeLessThanOrEqual(((buffer.targetMs + 80) * 16_000) / 1000);
        expect(buffer.length).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
