import { stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';

/** Mean level above which the caller speaks; over a network silence is not exactly silent. */
const SPEECH_RMS = 200;
/** Silence after which the words are final: 60 ms. */
const SILENT_SAMPLES = (SAMPLE_RATE_HZ * 60) / 1000;
/** Less speech than this is no sentence: 200 ms. */
const LEAST_SAMPLES = (SAMPLE_RATE_HZ * 200) / 1000;

/**
 * A recogniser that costs nothing and knows nothing: says a question when speech has been over for 60 ms. Over a network nobody
 * knows at which sample the caller stopped, so unlike the other benches' it has to hear it.
 */
export class EnergyStt extends stt.STT {
  override readonly label = 'energy';

  constructor() {
    super({ streaming: true, interimResults: true });
  }

  protected override _recognize(): Promise<stt.SpeechEvent> {
    return Promise.reject(new Error('streams only'));
  }

  override stream(): stt.SpeechStream {
    return new EnergyStream(this, SAMPLE_RATE_HZ);
  }
}

class EnergyStream extends stt.SpeechStream {
  override readonly label = 'energy';
  #spoken = 0;
  #silent = 0;
  #said = 0;

  protected override async run(): Promise<void> {
    for await (const frame of this.input) {
      if (typeof frame === 'symbol') continue;
      if (rmsOf(frame) > SPEECH_RMS) {
        this.#spoken += frame.samplesPerChannel;
        this.#silent = 0;
        continue;
      }
      this.#silent += frame.samplesPerChannel;
      if (this.#spoken < LEAST_SAMPLES || this.#silent < SILENT_SAMPLES) continue;
      this.#spoken = 0;
      this.#said += 1;
      const text = `question number ${String(this.#said)}`;
      this.queue.put({
        type: stt.SpeechEventType.FINAL_TRANSCRIPT,
        alternatives: [
          { language: 'en' as stt.SpeechData['language'], text, startTime: 0, endTime: 0, confidence: 1 },
        ],
      });
    }
  }
}

function rmsOf({ data }: AudioFrame): number {
  let sum = 0;
  for (const sample of data) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, data.length));
}
