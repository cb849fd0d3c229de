import { stt as agentsStt } from '@livekit/agents';
import { STT as DeepgramStt } from '@livekit/agents-plugin-deepgram';
import { STT as OpenAiStt } from '@livekit/agents-plugin-openai';
import { AudioFrame } from '@livekit/rtc-node';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import { asPluginError } from './plugin-error.ts';
import type { HeardSpeech, ListenRequest } from './provider-thread-messages.ts';
import { providerError } from './provider-error.ts';

export interface Listening {
  push(samples: Int16Array): void;
  flush(): void;
  end(): void;
  close(): void;
  /** Resolves when all was heard or it was closed; rejects with what the plugin failed with. */
  readonly over: Promise<void>;
}

const CONNECT_MS = 5000;

const KINDS: Partial<Readonly<Record<agentsStt.SpeechEventType, HeardSpeech['kind']>>> = {
  [agentsStt.SpeechEventType.START_OF_SPEECH]: 'started',
  [agentsStt.SpeechEventType.INTERIM_TRANSCRIPT]: 'interim',
  [agentsStt.SpeechEventType.FINAL_TRANSCRIPT]: 'final',
  [agentsStt.SpeechEventType.END_OF_SPEECH]: 'ended',
};

/** One stream of a LiveKit plugin. A plugin per stream, so that an error it tells of is this stream's. */
export function openListening(request: ListenRequest, onHeard: (speech: HeardSpeech) => void): Listening {
  const plugin = pluginFor(request);
  let failure: unknown = null;
  /** Set when the caller's audio has ended, or nobody listens any more. */
  let ended = false;
  let over = false;
  plugin.on('error', ({ error }: { readonly error: Error }) => {
    failure = error;
  });
  // Retries are the fallback's: it knows of spares.
  const stream = plugin.stream({ connOptions: { maxRetry: 0, timeoutMs: CONNECT_MS, retryIntervalMs: 0 } });
  const read = async (): Promise<void> => {
    for await (const event of stream) {
      const speech = heardSpeech(event);
      if (speech) onHeard(speech);
    }
    if (ended) return;
    throw failure === null ? providerError('provider.failed') : asPluginError(failure);
  };
  return {
    over: read().finally(() => {
      over = true;
      stream.close();
    }),
    push: samples => {
      // The plugins send a frame's whole buffer: it must be the frame's own (research: frame ownership).
      if (!over) stream.pushFrame(new AudioFrame(samples, SAMPLE_RATE_HZ, 1, samples.length));
    },
    flush: () => {
      if (!over) stream.flush();
    },
    end: () => {
      ended = true;
      if (!over) stream.endInput();
    },
    close: () => {
      ended = true;
      stream.close();
      void plugin.close();
    },
  };
}

function pluginFor({ provider, apiKey }: ListenRequest): DeepgramStt | OpenAiStt {
  if (provider.use === 'openai') {
    return new OpenAiStt({
      apiKey,
      model: provider.model,
      language: provider.language,
      baseURL: provider.baseUrl,
      useRealtime: true,
    });
  }
  return new DeepgramStt({
    apiKey,
    model: provider.model,
    language: provider.language,
    baseUrl: provider.baseUrl,
    diarize: provider.diarize,
    sampleRate: SAMPLE_RATE_HZ,
    numChannels: 1,
  });
}

function heardSpeech(event: agentsStt.SpeechEvent): HeardSpeech | null {
  const kind = KINDS[event.type];
  if (!kind) return null;
  const best = event.alternatives?.[0];
  return {
    kind,
    text: best?.text ?? '',
    language: best?.language ?? 'en',
    startTimeInS: best?.startTime ?? 0,
    endTimeInS: best?.endTime ?? 0,
    confidence: best?.confidence ?? 0,
    speakerId: best?.speakerId ?? null,
  };
}
