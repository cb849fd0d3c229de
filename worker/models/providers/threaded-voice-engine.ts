import type { SpokenAudio, VoiceEngine, VoiceRole } from '#shared/adapters/voice-engine.ts';
import type { ProviderPatience, VoiceProvider } from '#shared/config/provider-config.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { appError } from '#shared/errors/app-error.ts';
import { marksFor } from './estimate-marks.ts';
import { providerError } from './provider-error.ts';
import type { TellProviderNote } from './provider-note.ts';
import type { ProviderThread } from './provider-thread.ts';
import type { TimedWord } from './provider-thread-messages.ts';
import { SpokenAudioCache } from '#worker/models/spoken-audio-cache.ts';

/** Longer than anything that is spoken in one piece. */
const MAX_TEXT_CHARS = 2000;
/** A provider that goes on for longer than this speaks something else; about 30 characters a minute at its slowest. */
const LONGEST_MS_PER_CHAR = 400;
const LONGEST_EXTRA_MS = 5000;

export interface ThreadedVoiceOptions {
  readonly provider: Exclude<VoiceProvider, { use: 'offline' }>;
  readonly apiKey: string;
  readonly patience: ProviderPatience;
  readonly clock: Clock;
  readonly thread: ProviderThread;
  readonly tell: TellProviderNote;
}

/**
 * A provider's voice, at the product's one rate (PRO25-PRO29). What was spoken before is not bought again. Aborting tells the
 * provider to stop; audio that still comes is dropped.
 */
export class ThreadedVoiceEngine implements VoiceEngine {
  readonly name: string;
  readonly #options: ThreadedVoiceOptions;
  readonly #cache = new SpokenAudioCache();

  constructor(options: ThreadedVoiceOptions) {
    const { provider } = options;
    this.name = provider.use === 'elevenlabs' ? `elevenlabs ${provider.voiceId}` : `openai ${provider.voice}`;
    this.#options = options;
  }

  async synthesise(text: string, _role: VoiceRole, signal: AbortSignal): Promise<SpokenAudio> {
    if (text.trim() === '' || text.length > MAX_TEXT_CHARS)
      throw appError('voice.failed', `A text to speak has 1 to ${String(MAX_TEXT_CHARS)} characters.`);
    signal.throwIfAborted();
    const cached = this.#cache.get(text);
    if (cached) return cached;
    const { samples, words } = await this.#speak(text, signal);
    const audio = { samples, marks: marksFor(text, samples, words) };
    this.#cache.put(text, audio);
    this.#options.tell({ type: 'used', role: 'voice', provider: this.name, characters: text.length });
    return audio;
  }

  #speak(
    text: string,
    signal: AbortSignal,
  ): Promise<{ readonly samples: Int16Array; readonly words: readonly TimedWord[] }> {
    const { provider, apiKey, patience, clock, thread } = this.#options;
    const longestSamples = (text.length * LONGEST_MS_PER_CHAR + LONGEST_EXTRA_MS) * 16;
    return new Promise((resolve, reject) => {
      const pieces: Int16Array[] = [];
      const words: TimedWord[] = [];
      let count = 0;
      let cancelDeadline = (): void => undefined;
      const finish = (): void => {
        cancelDeadline();
        signal.removeEventListener('abort', onAbort);
      };
      const fail = (error: unknown): void => {
        finish();
        line.close();
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      const onAbort = (): void => fail(signal.reason);
      const expect = (patienceMs: number): void => {
        cancelDeadline();
        cancelDeadline = clock.after(patienceMs, () => {
          finish();
          line.late();
          reject(providerError('provider.timeout'));
        });
      };
      const line = thread.open(
        { op: 'speak', provider, apiKey, text, connectMs: patience.voiceFirstMs },
        {
          onFailed: fail,
          onMessage: message => {
            if (message.op === 'sound') {
              pieces.push(message.samples);
              words.push(...message.words);
              count += message.samples.length;
              if (count > longestSamples) fail(providerError('provider.failed'));
              else expect(patience.voiceIdleMs);
              return;
            }
            if (message.op !== 'over') return;
            if (count === 0) {
              fail(providerError('provider.failed'));
              return;
            }
            finish();
            const samples = new Int16Array(count);
            let at = 0;
            for (const piece of pieces) {
              samples.set(piece, at);
              at += piece.length;
            }
            resolve({ samples, words });
          },
        },
      );
      signal.addEventListener('abort', onAbort, { once: true });
      expect(patience.voiceFirstMs);
    });
  }
}
