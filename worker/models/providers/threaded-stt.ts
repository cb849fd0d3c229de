import { APIConnectionError, stt } from '@livekit/agents';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { ProviderThread } from './provider-thread.ts';
import type { HeardSpeech, ListenRequest } from './provider-thread-messages.ts';

/** Quieter than this is not taken for speech; about -36 dB. */
const LOUD_PEAK = 500;

const TYPES = {
  started: stt.SpeechEventType.START_OF_SPEECH,
  interim: stt.SpeechEventType.INTERIM_TRANSCRIPT,
  final: stt.SpeechEventType.FINAL_TRANSCRIPT,
  ended: stt.SpeechEventType.END_OF_SPEECH,
} as const satisfies Record<HeardSpeech['kind'], stt.SpeechEventType>;

type ConnOptions = NonNullable<Parameters<stt.STT['stream']>[0]>['connOptions'];

/** A recogniser that works in its provider's thread, as LiveKit's pipeline wants it. */
export class ThreadedStt extends stt.STT {
  override readonly label: string;
  readonly #thread: ProviderThread;
  readonly #request: ListenRequest;
  readonly #silentMs: number;

  /** @param silentMs audible speech without any answer after which the recogniser counts as deaf (PRO26) */
  constructor(thread: ProviderThread, request: ListenRequest, silentMs: number) {
    super({ streaming: true, interimResults: true });
    this.label = `${request.provider.use} ${request.provider.model}`;
    this.#thread = thread;
    this.#request = request;
    this.#silentMs = silentMs;
  }

  protected override _recognize(): Promise<stt.SpeechEvent> {
    return Promise.reject(new Error('the recogniser only streams'));
  }

  override stream(options?: { readonly connOptions?: ConnOptions }): stt.SpeechStream {
    return new ThreadedSpeechStream(this, this.#thread, this.#request, this.#silentMs, options?.connOptions);
  }
}

class ThreadedSpeechStream extends stt.SpeechStream {
  override readonly label = 'sidetone.ThreadedSpeechStream';
  readonly #thread: ProviderThread;
  readonly #request: ListenRequest;
  readonly #silentMs: number;

  constructor(
    recogniser: ThreadedStt,
    thread: ProviderThread,
    request: ListenRequest,
    silentMs: number,
    connOptions: ConnOptions,
  ) {
    super(recogniser, SAMPLE_RATE_HZ, connOptions);
    this.#thread = thread;
    this.#request = request;
    this.#silentMs = silentMs;
  }

  protected override async run(): Promise<void> {
    const over = Promise.withResolvers<void>();
    let unheardMs = 0;
    const line = this.#thread.open(this.#request, {
      onFailed: error =>
        over.reject(
          new APIConnectionError({ message: error.body.code, options: { retryable: error.body.retryable } }),
        ),
      onMessage: message => {
        unheardMs = 0;
        if (message.op === 'over') over.resolve();
        else if (message.op === 'heard' && !this.queue.closed) this.queue.put(speechEvent(message.speech));
      },
    });
    this.abortSignal.addEventListener('abort', () => over.resolve(), { once: true });
    const pump = async (): Promise<void> => {
      for await (const frame of this.input) {
        if (typeof frame === 'symbol') {
          line.post({ op: 'flush' });
          continue;
        }
        if (frame.data.some(sample => Math.abs(sample) > LOUD_PEAK))
          unheardMs += (1000 * frame.samplesPerChannel) / frame.sampleRate;
        if (unheardMs > this.#silentMs) {
          line.late();
          throw new APIConnectionError({ message: 'provider.timeout' });
        }
        line.post({ op: 'audio', samples: frame.data.slice() });
      }
      line.post({ op: 'end' });
      await over.promise;
    };
    try {
      await Promise.race([pump(), over.promise]);
    } finally {
      line.close();
    }
  }
}

function speechEvent({ kind, text, language, ...at }: HeardSpeech): stt.SpeechEvent {
  if (kind === 'started' || kind === 'ended') return { type: TYPES[kind] };
  return {
    type: TYPES[kind],
    alternatives: [
      {
        language: language as stt.SpeechData['language'],
        text,
        startTime: at.startTimeInS,
        endTime: at.endTimeInS,
        confidence: at.confidence,
        ...(at.speakerId === null ? {} : { speakerId: at.speakerId }),
      },
    ],
  };
}
