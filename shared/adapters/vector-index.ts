export interface VectorMatch {
  /** Position of the vector in the list the index was made from. */
  readonly index: number;
  /** Cosine, -1 to 1. */
  readonly similarityRatio: number;
}

/**
 * Nearest vectors by cosine. Best first; vectors that are equally near come in the order they were given in. Exact or not is
 * up to the implementation; the contract suite asks for the true best of vectors that are clearly apart. Throws on a query
 * of another dimension.
 */
export interface VectorIndex {
  readonly dim: number;
  readonly size: number;
  nearest(query: Float32Array, limit: number): readonly VectorMatch[];
}

/** Makes an index over unit vectors of one dimension. */
export type VectorIndexFactory = (dim: number, vectors: readonly Float32Array[]) => VectorIndex;
