import type { VectorIndex, VectorMatch } from '#shared/adapters/vector-index.ts';

/** Exact search over vectors in one block of memory: about 4 ms for 10,000 of 384 floats. Source: sync research B2. */
export class MemoryVectorIndex implements VectorIndex {
  readonly dim: number;
  readonly size: number;
  readonly #block: Float32Array;

  constructor(dim: number, vectors: readonly Float32Array[]) {
    this.dim = dim;
    this.size = vectors.length;
    this.#block = new Float32Array(dim * vectors.length);
    for (const [index, vector] of vectors.entries()) {
      if (vector.length !== dim)
        throw new Error(`a vector of ${String(vector.length)} floats, not ${String(dim)}`);
      this.#block.set(vector, index * dim);
    }
  }

  nearest(query: Float32Array, limit: number): readonly VectorMatch[] {
    if (query.length !== this.dim)
      throw new Error(`a query of ${String(query.length)} floats, not ${String(this.dim)}`);
    const matches: VectorMatch[] = [];
    for (let index = 0; index < this.size; index += 1) {
      const start = index * this.dim;
      let similarityRatio = 0;
      for (let at = 0; at < this.dim; at += 1)
        similarityRatio += (query[at] ?? 0) * (this.#block[start + at] ?? 0);
      matches.push({ index, similarityRatio });
    }
    return matches.sort((a, b) => b.similarityRatio - a.similarityRatio || a.index - b.index).slice(0, limit);
  }
}
