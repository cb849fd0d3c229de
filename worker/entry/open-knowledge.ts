import type { EmbedderFactory } from '#shared/adapters/embedder.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import { KnowledgeShelf, type KnowledgeSources } from '#worker/knowledge/knowledge-shelf.ts';
import { searchDeps } from '#worker/knowledge/load-knowledge.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import type { Logger } from './log.ts';
import { systemClock } from './system-clock.ts';

/** A worker does not begin with knowledge that cannot be read; later a broken document only stops its own rotation. */
export async function openKnowledge(
  sources: KnowledgeSources,
  createEmbedder: EmbedderFactory | null,
  log: Logger,
): Promise<KnowledgeShelf> {
  const shelf = new KnowledgeShelf(
    sources,
    createEmbedder ? searchDeps(systemClock, createEmbedder) : searchDeps(systemClock),
  );
  const first = await shelf.rotate(DEMO_ORG_ID).catch((error: unknown) => {
    if (!createEmbedder || !AppError.is(error) || error.body.code !== 'knowledge.embedder-failed')
      throw error;
    log.warn(
      { err: error },
      'the embedder does not answer; knowledge is searched with the one of this machine',
    );
    return null;
  });
  if (first === null) return openKnowledge(sources, null, log);
  if (first.outcome === 'refused')
    throw appError('knowledge.refused', `${first.name} line ${String(first.line)}: ${first.message}`);
  return shelf;
}
