import { join } from 'node:path';
import type { EmbedderFactory } from '#shared/adapters/embedder.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import { knowledgeFolder } from '#worker/knowledge/knowledge-folder.ts';
import { KnowledgeShelf } from '#worker/knowledge/knowledge-shelf.ts';
import { searchDeps } from '#worker/knowledge/load-knowledge.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import type { Logger } from './log.ts';
import { systemClock } from './system-clock.ts';

/** A worker does not begin with knowledge that cannot be read; later a broken document only stops its own rotation. */
export async function openKnowledge(
  folder: string,
  createEmbedder: EmbedderFactory | null,
  log: Logger,
): Promise<KnowledgeShelf> {
  const shelf = new KnowledgeShelf(
    new Map([[DEMO_ORG_ID, knowledgeFolder(folder)]]),
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
  if (first === null) return openKnowledge(folder, null, log);
  if (first.outcome === 'refused')
    throw appError(
      'knowledge.refused',
      `${join(folder, first.name)} line ${String(first.line)}: ${first.message}`,
    );
  return shelf;
}
