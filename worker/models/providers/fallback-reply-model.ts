import type { ReplyModel, ReplyPart, ReplyRequest } from '#shared/adapters/reply-model.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { AppError } from '#shared/errors/app-error.ts';
import { asProviderError } from './provider-error.ts';
import type { TellProviderNote } from './provider-note.ts';
import { candidates, newSpareOrder, stepSpareOrder, type SpareInput } from './spare-order.ts';

/** Pause before the second try with the same provider, doubled before the third. */
const RETRY_MS = 150;
const TRIES = 3;

export interface FallbackOptions {
  readonly clock: Clock;
  /** First rest after a failure. */
  readonly restMs: number;
  readonly tell: TellProviderNote;
}

/**
 * Several brains as one: the first that begins to answer answers. Before its first words a failed try is repeated with
 * back-off where that may help, then the next provider is asked; after them nothing is tried again, because the caller may
 * have heard the beginning (PRO21-PRO24). The last one is expected never to fail.
 */
export class FallbackReplyModel implements ReplyModel {
  readonly #models: readonly ReplyModel[];
  readonly #options: FallbackOptions;
  #order;
  #inUse = 0;

  /** @param models at least one, first choice first */
  constructor(models: readonly ReplyModel[], options: FallbackOptions) {
    this.#models = models;
    this.#options = options;
    this.#order = newSpareOrder(models.length);
  }

  /** The brain that answers now. */
  get name(): string {
    return this.#models[this.#inUse]?.name ?? 'none';
  }

  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void> {
    let failure: AppError | null = null;
    for (const index of candidates(this.#order, this.#options.clock.mono())) {
      const model = this.#models[index];
      if (!model) continue;
      for (let tries = 1; tries <= TRIES; tries += 1) {
        let begun = false;
        try {
          for await (const part of model.reply(request, signal)) {
            if (!begun) this.#use(index, failure);
            begun = true;
            yield part;
          }
          if (!begun && !signal.aborted) this.#use(index, failure);
          return;
        } catch (error) {
          if (signal.aborted) return;
          failure = asProviderError(error);
          if (begun) {
            this.#failed(index);
            throw failure;
          }
          // What timed out has used up the caller's patience already.
          if (!failure.body.retryable || failure.body.code === 'provider.timeout') break;
          if (tries < TRIES) await this.#wait(RETRY_MS * 2 ** (tries - 1), signal);
          if (signal.aborted) return;
        }
      }
      this.#failed(index);
    }
    throw failure ?? asProviderError(null);
  }

  #use(index: number, failure: AppError | null): void {
    this.#step({ type: 'worked', index });
    if (index === this.#inUse) return;
    const { tell } = this.#options;
    const to = this.#models[index]?.name ?? '';
    if (index < this.#inUse) tell({ type: 'recovered', role: 'reply', to });
    else
      tell({
        type: 'switched',
        role: 'reply',
        from: this.name,
        to,
        code: failure?.body.code ?? 'provider.failed',
      });
    this.#inUse = index;
  }

  #failed(index: number): void {
    const { clock, restMs } = this.#options;
    this.#step({ type: 'failed', index, nowMono: clock.mono(), restMs });
  }

  #step(input: SpareInput): void {
    this.#order = stepSpareOrder(this.#order, input);
  }

  #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      signal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
    });
  }
}
