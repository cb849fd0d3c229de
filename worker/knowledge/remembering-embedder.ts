import type { Embedder, EmbedderFactory } from '#shared/adapters/embedder.ts';

/** Passages whose vectors are kept; the oldest are forgotten. About 120 MB at 1,536 floats. */
const MAX_REMEMBERED = 20_000;

/**
 * An embedder in another place, asked once for each passage: a snapshot that is built anew differs from the one before in a few.
 * Only for one whose vectors do not depend on the corpus. Questions are not remembered (RET48).
 */
export function rememberingEmbedder(embedder: Embedder): EmbedderFactory {
  const known = new Map<string, Float32Array>();
  return corpus => {
    const passages = new Set(corpus);
    return {
      model: embedder.model,
      dim: embedder.dim,
      embed: async (texts, signal, as) => {
        const missing = [...new Set(texts.filter(text => !known.has(text)))];
        const made = missing.length === 0 ? [] : await embedder.embed(missing, signal, as);
        const fresh = new Map(missing.map((text, at) => [text, made[at] ?? new Float32Array(embedder.dim)]));
        const vectors = texts.map(
          text => fresh.get(text) ?? known.get(text) ?? new Float32Array(embedder.dim),
        );
        for (const [text, vector] of fresh) if (passages.has(text)) known.set(text, vector);
        for (const text of known.keys()) {
          if (known.size <= MAX_REMEMBERED) break;
          known.delete(text);
        }
        return vectors;
      },
    };
  };
}
