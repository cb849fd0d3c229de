import type { Embedder } from '#shared/adapters/embedder.ts';
import { keywords } from './words.ts';

/** Texts in one piece of work, about 5 ms: the calls of this process need their 20 ms frames in between. */
const SLICE = 64;
const DIM = 384;
/** Weight of the letters of a word beside the word itself; set so that a typing error costs less than a wrong word. */
const LETTERS_WEIGHT = 1;
const SHORTEST_RUN = 3;
const LONGEST_RUN = 5;

/**
 * Vectors without a model and without a network: each word, and each run of 3 to 5 letters in it, is hashed to a place and a
 * sign, weighted by how rare the word is in the corpus. Texts are near when they share words or pieces of words, so inflection,
 * compounds and slips of the recogniser are found; two texts that mean the same in other words are not. Deterministic.
 */
export class LocalEmbedder implements Embedder {
  readonly model = 'local-hash-384-v1';
  readonly dim = DIM;
  readonly #frequency = new Map<string, number>();
  readonly #texts: number;

  constructor(corpus: readonly string[]) {
    this.#texts = corpus.length;
    for (const text of corpus) {
      for (const word of new Set(keywords(text)))
        this.#frequency.set(word, (this.#frequency.get(word) ?? 0) + 1);
    }
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let first = 0; first < texts.length; first += SLICE) {
      signal.throwIfAborted();
      if (first > 0) await new Promise(resolve => setImmediate(resolve));
      for (const text of texts.slice(first, first + SLICE)) vectors.push(this.#vector(text));
    }
    signal.throwIfAborted();
    return vectors;
  }

  #vector(text: string): Float32Array {
    const vector = new Float32Array(DIM);
    for (const word of keywords(text)) {
      const rarity = this.#rarity(word);
      add(vector, `w:${word}`, rarity);
      const runs = letterRuns(word);
      // Spread over its runs, so that a long word weighs no more than a short one.
      for (const run of runs) add(vector, `l:${run}`, (LETTERS_WEIGHT * rarity) / Math.sqrt(runs.length));
    }
    return unit(vector);
  }

  #rarity(word: string): number {
    const count = this.#frequency.get(word) ?? 0;
    return Math.log(1 + (this.#texts - count + 0.5) / (count + 0.5));
  }
}

/** A text without a word that tells anything has the zero vector and is near nothing. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map(value => value / length);
}

function letterRuns(word: string): readonly string[] {
  const marked = `<${word}>`;
  const runs: string[] = [];
  for (let length = SHORTEST_RUN; length <= LONGEST_RUN; length += 1) {
    for (let start = 0; start + length <= marked.length; start += 1)
      runs.push(marked.slice(start, start + length));
  }
  return runs;
}

function add(vector: Float32Array, feature: string, weight: number): void {
  const hash = fnv1a(feature);
  const place = hash % DIM;
  vector[place] = (vector[place] ?? 0) + ((hash & 0x8000_0000) === 0 ? weight : -weight);
}

/** 32 bit FNV-1a over UTF-16 code units. Source: draft-eastlake-fnv. */
function fnv1a(text: string): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  // FNV leaves the low bits of short texts alike; one more round spreads them.
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x85eb_ca6b) >>> 0;
}
