import { VAD, VADEventType, VADStream, type VADEvent } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { VadWindow } from '#worker/turns/speech-detector.ts';

const WINDOW_MS = 20;
/** RMS above which a frame is speech; the fixtures' noise is far below, their speech far above. */
const SPEECH_RMS = 800;

export interface EnergyVadOptions {
  readonly minSpeechMs: number;
  readonly minSilenceMs: number;
  readonly onWindow?: (window: VadWindow) => void;
}

/** Voice activity by level, the same for every arm of a bench, so that only what comes after it is compared. */
export class EnergyVad extends VAD {
  override readonly label = 'energy';
  readonly #options: EnergyVadOptions;

  constructor(options: EnergyVadOptions) {
    super({ updateInterval: WINDOW_MS });
    this.#options = options;
  }

  override stream(): VADStream {
    return new EnergyVadStream(this, this.#options);
  }
}

class EnergyVadStream extends VADStream {
  readonly #options: EnergyVadOptions;
  #sample = 0;
  #speechMs = 0;
  #silenceMs = 0;
  #speaking = false;

  constructor(vad: VAD, options: EnergyVadOptions) {
    super(vad);
    this.#options = options;
    void this.#run();
  }

  async #run(): Promise<void> {
    for (;;) {
      const { done, value } = await this.inputReader.read();
      if (done) return;
      if (typeof value === 'symbol') continue;
      this.#judge(value);
    }
  }

  #judge(frame: AudioFrame): void {
    let energy = 0;
    for (const sample of frame.data) energy += sample * sample;
    const probability = Math.sqrt(energy / frame.samplesPerChannel) >= SPEECH_RMS ? 1 : 0;
    this.#sample += frame.samplesPerChannel;
    this.#options.onWindow?.({
      probability,
      endSample: this.#sample,
      windowSamples: frame.samplesPerChannel,
    });
    const event = (type: VADEventType): VADEvent => ({
      type,
      samplesIndex: this.#sample,
      timestamp: Date.now(),
      speechDuration: this.#speechMs,
      silenceDuration: this.#silenceMs,
      frames: [frame],
      probability,
      inferenceDuration: 0,
      speaking: this.#speaking,
      rawAccumulatedSilence: this.#silenceMs,
      rawAccumulatedSpeech: this.#speechMs,
    });
    this.sendVADEvent(event(VADEventType.INFERENCE_DONE));
    if (probability === 1) {
      this.#speechMs += WINDOW_MS;
      this.#silenceMs = 0;
      if (!this.#speaking && this.#speechMs >= this.#options.minSpeechMs) {
        this.#speaking = true;
        this.sendVADEvent(event(VADEventType.START_OF_SPEECH));
      }
      return;
    }
    this.#silenceMs += WINDOW_MS;
    if (!this.#speaking) {
      this.#speechMs = 0;
      return;
    }
    if (this.#silenceMs < this.#options.minSilenceMs) return;
    this.#speaking = false;
    this.sendVADEvent(event(VADEventType.END_OF_SPEECH));
    this.#speechMs = 0;
  }
}
