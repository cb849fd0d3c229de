/** What a text is searched as: what is found, or what is asked. */
export type EmbeddedAs = 'passage' | 'question';

/**
 * Text to vectors. A vector is `dim` floats of unit length, so that a dot product is a cosine; the same text gives the same
 * vector. Rejects with `knowledge.embedder-failed` (retryable where trying again may help); an aborted signal rejects with
 * its reason.
 */
export interface Embedder {
  /** Stored beside every vector; vectors of two models are never compared. */
  readonly model: string;
  readonly dim: number;
  /** One vector for each text, in order. Any number of texts; the implementation cuts them into batches. A passage's vector depends on nothing else. */
  embed(texts: readonly string[], signal: AbortSignal, as?: EmbeddedAs): Promise<readonly Float32Array[]>;
}

/** Makes the embedder of one snapshot. A local one weighs the words of a question by the snapshot's own texts; a remote one ignores them. */
export type EmbedderFactory = (corpus: readonly string[]) => Embedder;
