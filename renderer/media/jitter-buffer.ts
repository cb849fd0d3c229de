import { FRAME_MS, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';

/** Bounds of what is kept in hand against late frames. */
export const JITTER_MIN_MS = 40;
export const JITTER_MAX_MS = 120;
/** More than this beyond the target is delay nobody needs: old audio is dropped. */
const SURPLUS_MS = 80;
/** After this long without an underrun the buffer gives 20 ms back. */
const CALM_MS = 10_000;

/**
 * Waits until the target is in hand, plays, and grows the target by one frame with each underrun. Pure: the caller owns
 * time. Frames are mono, 16 kHz.
 */
export class JitterBuffer {
  #frames: Int16Array[] = [];
  #offset = 0;
  #held = 0;
  #playing = false;
  #targetMs = JITTER_MIN_MS;
  #calmSamples = 0;
  #lastSequence = -1;
  #underruns = 0;

  get underruns(): number {
    return this.#underruns;
  }

  get targetMs(): number {
    return this.#targetMs;
  }

  /** Samples in hand. */
  get length(): number {
    return this.#held;
  }

  /** Takes one frame. One that is older than the newest is dropped: its place has been played. */
  push(sequence: number, samples: Int16Array): void {
    const ahead = (sequence - this.#lastSequence) >>> 0;
    if (this.#lastSequence >= 0 && (ahead === 0 || ahead > 0x7fffffff)) return;
    this.#lastSequence = sequence;
    this.#frames.push(samples);
    this.#held += samples.length;
    const most = samplesOfMs(this.#targetMs + SURPLUS_MS);
    while (this.#held > most) this.#dropFirst();
  }

  /** Fills `out` with the next samples, -1 to 1, and with silence where there are none. @returns samples that are audio */
  pull(out: Float32Array): number {
    if (!this.#playing && this.#held >= samplesOfMs(this.#targetMs)) this.#playing = true;
    if (!this.#playing) {
      out.fill(0);
      return 0;
    }
    let filled = 0;
    while (filled < out.length) {
      const frame = this.#frames[0];
      if (!frame) break;
      out[filled] = (frame[this.#offset] ?? 0) / 32768;
      filled += 1;
      this.#offset += 1;
      this.#held -= 1;
      if (this.#offset >= frame.length) {
        this.#frames.shift();
        this.#offset = 0;
      }
    }
    if (filled < out.length) {
      out.fill(0, filled);
      this.#playing = false;
      this.#underruns += 1;
      this.#calmSamples = 0;
      this.#targetMs = Math.min(JITTER_MAX_MS, this.#targetMs + FRAME_MS);
      return filled;
    }
    this.#calmSamples += filled;
    if (this.#calmSamples >= samplesOfMs(CALM_MS)) {
      this.#calmSamples = 0;
      this.#targetMs = Math.max(JITTER_MIN_MS, this.#targetMs - FRAME_MS);
    }
    return filled;
  }

  #dropFirst(): void {
    const frame = this.#frames.shift();
    if (!frame) return;
    this.#held -= frame.length - this.#offset;
    this.#offset = 0;
  }
}

const samplesOfMs = (durationMs: number): number => (durationMs * SAMPLE_RATE_HZ) / 1000;
