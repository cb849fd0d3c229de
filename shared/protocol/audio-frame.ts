import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';

/** u32 sequence, u64 sample index, 320 samples of Int16: all little endian. */
export const AUDIO_HEADER_BYTES = 12;
export const AUDIO_FRAME_BYTES = AUDIO_HEADER_BYTES + FRAME_SAMPLES * 2;

export interface AudioFramePacket {
  /** Counts packets of one stream; wraps at 2^32. */
  readonly sequence: number;
  /** First sample on the stream's axis. */
  readonly sampleIndex: number;
  readonly samples: Int16Array;
}

/** The bytes of one frame. Samples beyond 320 are refused, fewer are padded with silence. */
export function encodeAudioFrame(packet: AudioFramePacket): ArrayBuffer {
  if (packet.samples.length > FRAME_SAMPLES) throw new RangeError('an audio frame has 320 samples');
  const buffer = new ArrayBuffer(AUDIO_FRAME_BYTES);
  const view = new DataView(buffer);
  view.setUint32(0, packet.sequence >>> 0, true);
  view.setBigUint64(4, BigInt(packet.sampleIndex), true);
  for (let index = 0; index < packet.samples.length; index += 1) {
    view.setInt16(AUDIO_HEADER_BYTES + index * 2, packet.samples[index] ?? 0, true);
  }
  return buffer;
}

/** @returns `null` for anything that is not exactly one frame */
export function decodeAudioFrame(buffer: ArrayBuffer): AudioFramePacket | null {
  if (buffer.byteLength !== AUDIO_FRAME_BYTES) return null;
  const view = new DataView(buffer);
  const sampleIndex = view.getBigUint64(4, true);
  if (sampleIndex > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  const samples = new Int16Array(FRAME_SAMPLES);
  for (let index = 0; index < FRAME_SAMPLES; index += 1)
    samples[index] = view.getInt16(AUDIO_HEADER_BYTES + index * 2, true);
  return { sequence: view.getUint32(0, true), sampleIndex: Number(sampleIndex), samples };
}
