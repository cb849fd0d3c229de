import { decodeAudioFrame } from '#shared/protocol/audio-frame.ts';
import { JitterBuffer } from './jitter-buffer.ts';

/** How often the player reports, in render quanta of 128 samples: about every 100 ms. */
const REPORT_QUANTA = 12;

/** Plays frames from its port through a jitter buffer and reports what it really played. */
class PlayerProcessor extends AudioWorkletProcessor {
  readonly #buffer = new JitterBuffer();
  #played = 0;
  #quanta = 0;
  #squares = 0;
  #samples = 0;
  #peakRatio = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      const packet = decodeAudioFrame(data);
      if (packet) this.#buffer.push(packet.sequence, packet.samples);
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const out = outputs[0]?.[0];
    if (!out) return true;
    this.#played += this.#buffer.pull(out);
    for (const sample of out) {
      this.#squares += sample * sample;
      this.#peakRatio = Math.max(this.#peakRatio, Math.abs(sample));
    }
    this.#samples += out.length;
    this.#quanta += 1;
    if (this.#quanta >= REPORT_QUANTA) this.#report();
    return true;
  }

  #report(): void {
    this.port.postMessage({
      rms: Math.sqrt(this.#squares / this.#samples),
      peak: this.#peakRatio,
      underruns: this.#buffer.underruns,
      framesPlayed: Math.floor(this.#played / 320),
    });
    this.#quanta = 0;
    this.#squares = 0;
    this.#samples = 0;
    this.#peakRatio = 0;
  }
}

registerProcessor('sidetone-player', PlayerProcessor);
