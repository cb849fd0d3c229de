import { Worker } from 'node:worker_threads';
import type { SpokenAudio, VoiceEngine, VoiceRole } from '#shared/adapters/voice-engine.ts';
import { appError } from '#shared/errors/app-error.ts';
import { SpokenAudioCache } from '#worker/models/spoken-audio-cache.ts';
import type { FliteVoice } from './flite-synthesiser.ts';
import type { FliteAnswer, FliteRequest } from './flite-thread.ts';

const VOICES: Readonly<Record<VoiceRole, FliteVoice>> = { ai: 'slt', caller: 'rms', system: 'kal16' };
/** Longer than anything that is spoken in one piece; about two minutes. */
const MAX_TEXT_CHARS = 2000;

interface Waiting {
  readonly request: FliteRequest;
  readonly resolve: (audio: SpokenAudio) => void;
  readonly reject: (error: Error) => void;
}

/** The embedded voice, on a thread of its own because it blocks while it speaks (VOI1-VOI6). */
export class FliteVoiceEngine implements VoiceEngine {
  readonly name = 'local (flite)';
  readonly #threadUrl: URL;
  readonly #cache = new SpokenAudioCache();
  #thread: Worker | null = null;
  #nextId = 1;
  #waiting: Waiting[] = [];
  #running: Waiting | null = null;
  #stopped = false;

  /** @param threadUrl the thread's module; a bundled app names its own */
  constructor(threadUrl: URL = new URL('./flite-thread.ts', import.meta.url)) {
    this.#threadUrl = threadUrl;
  }

  synthesise(text: string, role: VoiceRole, signal: AbortSignal): Promise<SpokenAudio> {
    const voice = VOICES[role];
    if (text.trim() === '' || text.length > MAX_TEXT_CHARS) {
      return Promise.reject(
        appError('voice.failed', `A text to speak has 1 to ${String(MAX_TEXT_CHARS)} characters.`),
      );
    }
    if (signal.aborted) return Promise.reject(toError(signal.reason));
    const key = `${voice}\n${text}`;
    const cached = this.#cache.get(key);
    if (cached) return Promise.resolve(cached);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        request: { id: this.#nextId++, text, voice },
        resolve: audio => {
          this.#cache.put(key, audio);
          resolve(audio);
        },
        reject,
      };
      signal.addEventListener('abort', () => this.#drop(waiting, toError(signal.reason)), { once: true });
      this.#waiting.push(waiting);
      this.#next();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#failAll();
    await this.#thread?.terminate();
  }

  #next(): void {
    if (this.#running || this.#stopped) return;
    const waiting = this.#waiting.shift();
    if (!waiting) return;
    this.#running = waiting;
    this.#thread ??= this.#start();
    // Only a thread that is speaking keeps the process alive.
    this.#thread.ref();
    this.#thread.postMessage(waiting.request);
  }

  #start(): Worker {
    const thread = new Worker(this.#threadUrl, { execArgv: ['--no-warnings'] });
    thread.on('message', (answer: FliteAnswer) => this.#onAnswer(answer));
    const onGone = (): void => {
      if (this.#thread !== thread) return;
      // The next request starts a new thread; what this one was doing has failed and is said so.
      this.#thread = null;
      this.#fail(this.#running);
      this.#running = null;
      this.#next();
    };
    thread.on('error', onGone);
    thread.on('exit', onGone);
    return thread;
  }

  #onAnswer(answer: FliteAnswer): void {
    const running = this.#running;
    this.#running = null;
    this.#thread?.unref();
    if (running?.request.id === answer.id) {
      if (answer.ok) running.resolve({ samples: answer.samples, marks: answer.marks });
      else this.#fail(running);
    }
    this.#next();
  }

  #drop(waiting: Waiting, reason: Error): void {
    this.#waiting = this.#waiting.filter(other => other !== waiting);
    waiting.reject(reason);
  }

  #fail(waiting: Waiting | null): void {
    waiting?.reject(appError('voice.failed', 'The voice could not speak this text.', { retryable: true }));
  }

  #failAll(): void {
    for (const waiting of this.#waiting) this.#fail(waiting);
    this.#fail(this.#running);
    this.#waiting = [];
    this.#running = null;
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
