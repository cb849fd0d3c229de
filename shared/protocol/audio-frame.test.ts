import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AUDIO_FRAME_BYTES, decodeAudioFrame, encodeAudioFrame } from './audio-frame.ts';

test('[IPC4] a frame survives its encoding', () => {
  const frame = fc.record({
    sequence: fc.nat(0xffff_ffff),
    sampleIndex: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    samples: fc.int16Array({ minLength: 320, maxLength: 320 }),
  });
  fc.assert(
    fc.property(frame, packet => {
      expect(decodeAudioFrame(encodeAudioFrame(packet))).toEqual(packet);
    }),
  );
});

test('[IPC4] what is not exactly one frame is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), bytes => {
      expect(decodeAudioFrame(new Uint8Array(bytes).buffer) === null).toBe(
        bytes.length !== AUDIO_FRAME_BYTES,
      );
    }),
  );
  const far = new ArrayBuffer(AUDIO_FRAME_BYTES);
  new DataView(far).setBigUint64(4, 2n ** 60n, true);
  expect(decodeAudioFrame(far)).toBeNull();
  expect(() => encodeAudioFrame({ sequence: 0, sampleIndex: 0, samples: new Int16Array(321) })).toThrow(
    RangeError,
  );
});
