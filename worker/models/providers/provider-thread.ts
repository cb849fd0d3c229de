import { Worker } from 'node:worker_threads';
import type { AppError } from '#shared/errors/app-error.ts';
import { providerError } from './provider-error.ts';
import type { TellProviderNote } from './provider-note.ts';
import type { FromThread, ThreadRequest, ToThread } from './provider-thread-messages.ts';

type ToLine =
  Extract<ToThread, { op: 'audio' | 'flush' | 'end' }> extends infer Message
    ? Message extends unknown
      ? Omit<Message, 'id'>
      : never
    : never;
export type LineMessage = Exclude<FromThread, { op: 'failed' | 'contained' | 'ready' }>;

export interface ThreadLineListener {
  readonly onMessage: (message: LineMessage) => void;
  /** Called at most once, and nothing after it. */
  readonly onFailed: (error: AppError) => void;
}

/** One piece of work in the thread: an utterance, or the hearing of one call. */
export interface ThreadLine {
  post(message: ToLine): void;
  close(): void;
  /** The same, because it was silent for too long; a thread of which several lines say so in a row is replaced. */
  late(): void;
}

/** Lines that ran into their deadline in a row, without a word of the thread in between, before it counts as hung. */
const LATE_LINES_BEFORE_RESTART = 3;

/**
 * A thread in which the client libraries of one provider run. Some of them throw where nobody can catch it, which would end
 * the process and with it every call (ADR 2026-11-27). In the thread it ends nothing; should the thread itself end, its lines
 * fail with `provider.failed`, the spares take over, and the next request starts a new one (PRO30-PRO33).
 */
export class ProviderThread {
  readonly name: string;
  readonly #tell: TellProviderNote;
  readonly #threadUrl: URL;
  readonly #lines = new Map<number, ThreadLineListener>();
  readonly #ready = Promise.withResolvers<void>();
  #thread: Worker | null = null;
  #nextId = 1;
  #lateInARow = 0;
  #stopped = false;

  /** @param threadUrl the thread's module; a bundled app names its own */
  constructor(
    name: string,
    tell: TellProviderNote,
    threadUrl: URL = new URL('./provider-thread-main.ts', import.meta.url),
  ) {
    this.name = name;
    this.#tell = tell;
    this.#threadUrl = threadUrl;
  }

  /** Starts the thread before it is needed. Resolves when it works, or has ended without. */
  ready(): Promise<void> {
    if (!this.#stopped) this.#thread ??= this.#start();
    return this.#ready.promise;
  }

  open(request: ThreadRequest, listener: ThreadLineListener): ThreadLine {
    const id = this.#nextId++;
    if (this.#stopped) {
      queueMicrotask(() => listener.onFailed(providerError('provider.failed')));
      return { post: () => undefined, late: () => undefined, close: () => undefined };
    }
    this.#thread ??= this.#start();
    this.#lines.set(id, listener);
    this.#thread.ref();
    this.#thread.postMessage({ ...request, id } satisfies ToThread);
    const post = (message: ToThread): void => {
      if (!this.#lines.has(id)) return;
      this.#thread?.postMessage(message, message.op === 'audio' ? [message.samples.buffer] : []);
    };
    return {
      post: message => post({ ...message, id }),
      late: () => {
        post({ id, op: 'close', late: true });
        this.#forget(id);
        this.#late();
      },
      close: () => {
        post({ id, op: 'close', late: false });
        this.#forget(id);
      },
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const thread = this.#thread;
    this.#onGone(thread);
    await thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(this.#threadUrl, { execArgv: ['--no-warnings'], name: this.name });
    thread.on('message', (message: FromThread) => this.#onMessage(message));
    thread.on('error', () => this.#onGone(thread));
    thread.on('exit', () => this.#onGone(thread));
    return thread;
  }

  #onMessage(message: FromThread): void {
    this.#lateInARow = 0;
    if (message.op === 'ready') {
      this.#ready.resolve();
      if (this.#lines.size === 0) this.#thread?.unref();
      return;
    }
    if (message.op === 'contained') {
      this.#tell({ type: 'contained', provider: this.name, what: message.what });
      return;
    }
    const listener = this.#lines.get(message.id);
    if (!listener) return;
    if (message.op === 'failed' || message.op === 'over') this.#forget(message.id);
    if (message.op === 'failed') listener.onFailed(providerError(message.code));
    else listener.onMessage(message);
  }

  #late(): void {
    this.#lateInARow += 1;
    if (this.#lateInARow < LATE_LINES_BEFORE_RESTART) return;
    const thread = this.#thread;
    this.#tell({ type: 'contained', provider: this.name, what: 'hung' });
    this.#onGone(thread);
    void thread?.terminate();
  }

  #onGone(thread: Worker | null): void {
    if (this.#thread !== thread) return;
    this.#thread = null;
    this.#ready.resolve();
    this.#lateInARow = 0;
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    for (const line of lines) line.onFailed(providerError('provider.failed'));
  }

  /** Only a thread with work keeps the process alive. */
  #forget(id: number): void {
    this.#lines.delete(id);
    if (this.#lines.size === 0) this.#thread?.unref();
  }
}
