import type { Embedder, EmbeddedAs } from '#shared/adapters/embedder.ts';
import {
  LOCAL_DIM,
  LOCAL_MODEL,
  passageVector,
  questionVector,
  weightsIn,
} from '#shared/domain/local-vector.ts';

/** Texts in one piece of work, about 5 ms: the calls of this process need their 20 ms frames in between. */
const SLICE = 64;

/**
 * Vectors without a model and without a network: each word, and each run of 3 to 5 letters in it, is hashed to a place and a
 * sign; the words of a question are weighted by how rare they are in the corpus, those of a passage are not. Texts are near when they share words or pieces of words, so inflection,
 * compounds and slips of the recogniser are found; two texts that mean the same in other words are not. Deterministic.
 */
export class LocalEmbedder implements Embedder {
  readonly model = LOCAL_MODEL;
  readonly dim = LOCAL_DIM;
  readonly #weightOf: (word: string) => number;

  constructor(corpus: readonly string[]) {
    this.#weightOf = weightsIn(corpus);
  }

  async embed(
    texts: readonly string[],
    signal: AbortSignal,
    as: EmbeddedAs = 'passage',
  ): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let first = 0; first < texts.length; first += SLICE) {
      signal.throwIfAborted();
      if (first > 0) await new Promise(resolve => setImmediate(resolve));
      for (const text of texts.slice(first, first + SLICE))
        vectors.push(as === 'passage' ? passageVector(text) : questionVector(text, this.#weightOf));
    }
    signal.throwIfAborted();
    return vectors;
  }
}
