import type { EmbedderFactory } from '#shared/adapters/embedder.ts';
import type { EmbeddingProvider } from '#shared/config/provider-config.ts';
import { rememberingEmbedder } from '#worker/knowledge/remembering-embedder.ts';
import { OpenAiEmbedder } from '#worker/models/openai/openai-embedder.ts';
import type { ProviderKeys } from '#worker/models/providers/assemble-providers.ts';

const TIMEOUT_MS = 10_000;
const RETRIES = 2;

/** Who makes the vectors of the knowledge; `null` for the embedder of this machine (PRO44). */
export function chooseEmbedder(embedding: EmbeddingProvider, keys: ProviderKeys): EmbedderFactory | null {
  if (embedding.use === 'offline' || keys.openai === undefined) return null;
  const { baseUrl, model, dim } = embedding;
  const embedder = new OpenAiEmbedder({
    apiKey: keys.openai,
    baseUrl,
    model,
    dim,
    timeoutMs: TIMEOUT_MS,
    retries: RETRIES,
  });
  return rememberingEmbedder(embedder);
}
