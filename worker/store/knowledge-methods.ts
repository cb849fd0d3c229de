import type { KnowledgeBook } from '#shared/adapters/knowledge-book.ts';

/** Every method of the book, for those who pass them on. */
export const KNOWLEDGE_METHODS = [
  'saveRevision',
  'publishRevision',
  'seedKnowledge',
  'knowledgeVersions',
  'knowledgeChanges',
  'knowledgeDocument',
  'knowledgeRevision',
  'publishedRevisions',
  'notesOfCall',
  'documentUses',
] as const satisfies readonly (keyof KnowledgeBook)[];
