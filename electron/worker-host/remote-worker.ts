import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { toErrorBody, type ErrorBody } from '#shared/errors/app-error.ts';

const RETRY_MS: readonly number[] = [500, 1000, 2000, 5000];

/** A worker that runs elsewhere and is not ours to start or end. */
export interface RemoteWorkerOptions {
  readonly clock: Clock;
  /** Signs in there and connects. Rejects with the worker's refusal, or `worker.unreachable`. */
  readonly signIn: () => Promise<void>;
  /** Nobody can connect: told once for each new reason. */
  readonly onTrouble: (error: ErrorBody) => void;
}

/**
 * Dials a remote worker until it answers; from then on the link keeps itself. A session that is not valid is not tried again
 * (IPC27).
 */
export class RemoteWorker {
  readonly #options: RemoteWorkerOptions;
  #retry: Cancel | null = null;
  #told: string | null = null;
  #stopped = false;

  constructor(options: RemoteWorkerOptions) {
    this.#options = options;
  }

  start(attempt = 0): void {
    const { clock, signIn, onTrouble } = this.#options;
    signIn().catch((error: unknown) => {
      if (this.#stopped) return;
      const body = toErrorBody(error, 'electron');
      if (this.#told !== body.code) onTrouble(body);
      this.#told = body.code;
      if (!body.retryable) return;
      const waitMs = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 5000;
      this.#retry = clock.after(waitMs, () => this.start(attempt + 1));
    });
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#retry?.();
    return Promise.resolve();
  }
}
