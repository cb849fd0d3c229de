import { appError } from '#shared/errors/app-error.ts';
import type { CommandHandlers } from '#shared/ipc/commands.ts';
import type { KNOWLEDGE_COMMANDS } from '#shared/ipc/knowledge-commands.ts';

type KnowledgeHandlers = Pick<CommandHandlers, keyof typeof KNOWLEDGE_COMMANDS | 'get-sync' | 'sync-now'>;

/** Knowledge of this desk. */
export function knowledgeHandlers(): KnowledgeHandlers {
  const absent = (): Promise<never> =>
    Promise.reject(appError('storage.failed', 'This desk has no store.', { origin: 'electron' }));
  return {
    'list-knowledge': absent,
    'get-knowledge': absent,
    'get-knowledge-history': absent,
    'save-knowledge': absent,
    'keep-unsaved-knowledge': absent,
    'drop-unsaved-knowledge': absent,
    'delete-knowledge': absent,
    'publish-knowledge': absent,
    'ask-knowledge': absent,
    'get-knowledge-usage': absent,
    'import-knowledge': absent,
    'export-knowledge': absent,
    'patch-call-knowledge': absent,
    'get-sync': absent,
    'sync-now': absent,
  };
}
