import { inference, VADEventType, type VAD, type VADEvent, type VADStream } from '@livekit/agents';
import type { VadWindow } from '#worker/turns/speech-detector.ts';

/** LiveKit's local model judges windows of 512 samples at 16 kHz. Source: livekit research 1.6. */
const WINDOW_SAMPLES = 512;

/**
 * Silence after which LiveKit's own turn logic looks for the end of the turn; 250 is the least its end-of-turn model accepts
 * with a 200 ms prediction window.
 */
export const VAD_MIN_SILENCE_MS = 250;

/**
 * LiveKit's local Silero model for one call, with each window also handed to our own detector: the session's start and end
 * events are too coarse for ducking and for the 200 ms silence timer. The windows carry the caller's own sample axis.
 */
export class LivekitVad extends inference.VAD {
  readonly #onWindow: (window: VadWindow) => void;

  constructor(onWindow: (window: VadWindow) => void) {
    super({ model: 'silero', minSilenceDuration: VAD_MIN_SILENCE_MS, minSpeechDuration: 50 });
    this.#onWindow = onWindow;
  }

  override stream(): VADStream {
    return tapped(super.stream(), event => this.#onEvent(event));
  }

  #onEvent(event: VADEvent): void {
    if (event.type !== VADEventType.INFERENCE_DONE) return;
    this.#onWindow({
      probability: event.probability,
      endSample: event.samplesIndex,
      windowSamples: WINDOW_SAMPLES,
    });
  }
}

/** Shows every event of a VAD stream to `look` before the session gets it. */
export function tapped(stream: VADStream, look: (event: VADEvent) => void): VADStream {
  const next = stream.next.bind(stream);
  stream.next = async () => {
    const result = await next();
    if (!result.done) look(result.value);
    return result;
  };
  return stream;
}

export type { VAD };
