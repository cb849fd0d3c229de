import OpenAI from 'openai';
import type { Embedder } from '#shared/adapters/embedder.ts';
import { AppError } from '#shared/errors/app-error.ts';

/** Texts of one request. The API takes 2048 inputs and 300,000 tokens; passages are sentences, so this stays far below. */
const BATCH_TEXTS = 256;
/** Requests of one build that may run at a time. */
const PARALLEL_BATCHES = 2;

export interface OpenAiEmbedderOptions {
  readonly apiKey: string;
  /** `https://api.openai.com/v1`, or any server that speaks the same protocol. */
  readonly baseUrl: string;
  readonly model: string;
  /** Floats to ask for; the API shortens its vectors to this length. */
  readonly dim: number;
  readonly timeoutMs: number;
  /** Tries after the first, with growing waits; the API's `Retry-After` is kept to. */
  readonly retries: number;
}

/** Vectors of OpenAI's embeddings API, through its own client. Source: platform.openai.com/docs/api-reference/embeddings. */
export class OpenAiEmbedder implements Embedder {
  readonly model: string;
  readonly dim: number;
  readonly #name: string;
  readonly #client: OpenAI;

  constructor(options: OpenAiEmbedderOptions) {
    this.model = `openai ${options.model} ${String(options.dim)}`;
    this.dim = options.dim;
    this.#name = options.model;
    this.#client = new OpenAI({
      apiKey: options.apiKey,
      baseURL: options.baseUrl,
      timeout: options.timeoutMs,
      maxRetries: options.retries,
      logLevel: 'off',
    });
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    signal.throwIfAborted();
    const batches: (readonly string[])[] = [];
    for (let start = 0; start < texts.length; start += BATCH_TEXTS)
      batches.push(texts.slice(start, start + BATCH_TEXTS));
    const vectors: (readonly Float32Array[])[] = [];
    for (let start = 0; start < batches.length; start += PARALLEL_BATCHES) {
      const group = batches.slice(start, start + PARALLEL_BATCHES);
      vectors.push(...(await Promise.all(group.map(batch => this.#embedBatch(batch, signal)))));
    }
    return vectors.flat();
  }

  async #embedBatch(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    try {
      const { data } = await this.#client.embeddings.create(
        { model: this.#name, input: [...texts], dimensions: this.dim },
        { signal },
      );
      const vectors = new Array<Float32Array | undefined>(texts.length).fill(undefined);
      for (const { index, embedding } of data) vectors[index] = unit(Float32Array.from(embedding));
      return vectors.map(vector => {
        if (vector?.length !== this.dim || !Number.isFinite(vector[0] ?? Number.NaN))
          throw failed('The embeddings service gave vectors of another shape than it was asked for.', false);
        return vector;
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (AppError.is(error)) throw error;
      throw toAppError(error);
    }
  }
}

/** Shortened vectors are not of unit length any more. */
function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map(value => value / length);
}

function toAppError(error: unknown): AppError {
  if (error instanceof OpenAI.AuthenticationError || error instanceof OpenAI.PermissionDeniedError)
    return failed('The embeddings service refused the key. Check it in the settings.', false, error);
  if (error instanceof OpenAI.APIConnectionError || error instanceof OpenAI.RateLimitError)
    return failed('The embeddings service cannot be reached or has no room at the moment.', true, error);
  const retryable = error instanceof OpenAI.APIError && (error.status ?? 0) >= 500;
  return failed('The embeddings service failed.', retryable, error);
}

function failed(message: string, retryable: boolean, cause?: unknown): AppError {
  return new AppError(
    { code: 'knowledge.embedder-failed', message, retryable, origin: 'provider' },
    { cause },
  );
}
