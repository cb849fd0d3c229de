import type { Embedder } from '#shared/adapters/embedder.ts';
import { LOCAL_DIM, LOCAL_MODEL, localVector, weightsIn } from '#shared/domain/local-vector.ts';

/**
 * Vectors without a model and without a network: each word, and each run of 3 to 5 letters in it, is hashed to a place and a
 * sign, weighted by how rare the word is in the corpus. Texts are near when they share words or pieces of words, so inflection,
 * compounds and slips of the recogniser are found; two texts that mean the same in other words are not. Deterministic.
 */
export class LocalEmbedder implements Embedder {
  readonly model = LOCAL_MODEL;
  readonly dim = LOCAL_DIM;
  readonly #weightOf: (word: string) => number;

  constructor(corpus: readonly string[]) {
    this.#weightOf = weightsIn(corpus);
  }

  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    return Promise.resolve(texts.map(text => localVector(text, this.#weightOf)));
  }
}
