import { stt } from '@livekit/agents';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import type { Clock } from '#shared/domain/clock.ts';

const LONGEST_REST_MS = 30_000;

export interface TirelessOptions {
  readonly clock: Clock;
  readonly restMs: number;
  /** Nobody listens for now; the next try is after `restMs`. */
  readonly onDeaf: (restMs: number) => void;
}

/**
 * A recogniser that is started again whenever it ends, with back-off. LiveKit closes a session whose recogniser has failed a
 * few times, and a call must not end because nobody listens (PRO23). What is said in the meantime is not transcribed.
 */
export class TirelessStt extends stt.STT {
  override readonly label = 'sidetone.TirelessStt';
  readonly #inner: stt.STT;
  readonly #options: TirelessOptions;

  constructor(inner: stt.STT, options: TirelessOptions) {
    super({ streaming: true, interimResults: true });
    this.#inner = inner;
    this.#options = options;
    // Heard here, or it would be thrown.
    inner.on('error', () => undefined);
  }

  protected override _recognize(): Promise<stt.SpeechEvent> {
    return Promise.reject(new Error('the recogniser only streams'));
  }

  override stream(): stt.SpeechStream {
    return new TirelessSpeechStream(this, this.#inner, this.#options);
  }

  override async close(): Promise<void> {
    await this.#inner.close();
  }
}

class TirelessSpeechStream extends stt.SpeechStream {
  override readonly label = 'sidetone.TirelessSpeechStream';
  readonly #inner: stt.STT;
  readonly #options: TirelessOptions;

  constructor(outer: TirelessStt, inner: stt.STT, options: TirelessOptions) {
    super(outer, SAMPLE_RATE_HZ);
    this.#inner = inner;
    this.#options = options;
  }

  protected override async run(): Promise<void> {
    let current: stt.SpeechStream | null = null;
    let ended = false;
    const pump = async (): Promise<void> => {
      for await (const frame of this.input) {
        // A stream that has just ended refuses; the next one takes over.
        try {
          if (typeof frame === 'symbol') current?.flush();
          else current?.pushFrame(frame);
        } catch {
          continue;
        }
      }
      ended = true;
      try {
        current?.endInput();
      } catch {
        return;
      }
    };
    const pumping = pump();
    this.abortSignal.addEventListener('abort', () => current?.close(), { once: true });
    let failures = 0;
    while (!ended && !this.abortSignal.aborted) {
      current = this.#inner.stream();
      try {
        for await (const event of current) {
          failures = 0;
          if (!this.queue.closed) this.queue.put(event);
        }
      } finally {
        current.close();
      }
      if (ended || this.abortSignal.aborted) break;
      const restMs = Math.min(LONGEST_REST_MS, this.#options.restMs * 2 ** failures);
      failures += 1;
      this.#options.onDeaf(restMs);
      await this.#rest(restMs);
    }
    await pumping;
  }

  #rest(restMs: number): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#options.clock.after(restMs, resolve);
      this.abortSignal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
    });
  }
}
