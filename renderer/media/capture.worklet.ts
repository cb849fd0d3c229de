import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';

/** Cuts the microphone into frames of 320 samples of Int16 and posts each with its peak. */
class CaptureProcessor extends AudioWorkletProcessor {
  #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;
  #peakRatio = 0;

  process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (!channel) return true;
    for (const sample of channel) {
      const clipped = Math.max(-1, Math.min(1, sample));
      this.#frame[this.#filled] = clipped < 0 ? clipped * 32768 : clipped * 32767;
      this.#filled += 1;
      this.#peakRatio = Math.max(this.#peakRatio, Math.abs(clipped));
      if (this.#filled === FRAME_SAMPLES) this.#post();
    }
    return true;
  }

  #post(): void {
    const samples = this.#frame;
    this.port.postMessage({ samples, peak: this.#peakRatio }, [samples.buffer]);
    this.#frame = new Int16Array(FRAME_SAMPLES);
    this.#filled = 0;
    this.#peakRatio = 0;
  }
}

registerProcessor('sidetone-capture', CaptureProcessor);
