import { join } from 'node:path';
import type { KnowledgeBook } from '#shared/adapters/knowledge-book.ts';
import type { WorkerConfig } from '#shared/config/worker-config.ts';
import { keptDocuments } from '#worker/knowledge/kept-documents.ts';
import { knowledgeFolder } from '#worker/knowledge/knowledge-folder.ts';
import type { KnowledgeSources } from '#worker/knowledge/knowledge-shelf.ts';
import { publishedSources } from '#worker/knowledge/published-sources.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import type { Logger } from './log.ts';
import { RESOURCES } from './resources.ts';
import { systemClock } from './system-clock.ts';

/** @param book `null` in a host: it reads what its worker has kept on the machine */
export function knowledgeDocuments(
  config: WorkerConfig,
  book: KnowledgeBook | null,
  log: Logger,
): KnowledgeSources {
  const folder = config.knowledge ?? join(RESOURCES, 'demo/knowledge');
  return publishedSources({
    book,
    kept: keptDocuments(join(config.data, 'knowledge')),
    folderOf: orgId => (orgId === DEMO_ORG_ID ? knowledgeFolder(folder) : null),
    clock: systemClock,
    onAway: error =>
      log.warn(
        { err: error },
        'the team’s documents cannot be read; what was published last is answered from',
      ),
  });
}
