import type { DocumentState, KnowledgeConflict, SavedRevision } from '#shared/protocol/knowledge.ts';
import { joinBlocks } from '#shared/domain/blocks.ts';

/** A row of `knowledge_docs` as both databases give it. */
export interface StoredDocument {
  readonly docId: string;
  readonly headId: string;
  readonly publishedId: string | null;
  readonly deleted: number | boolean;
  readonly version: number;
}

export interface StoredConflict {
  readonly resolvedBy: string | null;
  readonly payload: string;
}

export const stateOf = ({ deleted, ...row }: StoredDocument): DocumentState => ({
  ...row,
  isDeleted: deleted === 1 || deleted === true,
});

export const revisionOf = (payload: string): SavedRevision => JSON.parse(payload) as SavedRevision;

export const conflictOf = ({ resolvedBy, payload }: StoredConflict): KnowledgeConflict => ({
  ...(JSON.parse(payload) as KnowledgeConflict),
  resolvedBy,
});

/** What `knowledge_docs` repeats of the head, for people who look into the database. */
export const headColumns = ({ docId, fields, blocks }: SavedRevision) => ({
  source: fields.source ?? '',
  title: fields.title ?? docId,
  body: joinBlocks(blocks.map(({ text }) => text)),
  metadata: JSON.stringify(fields),
});

/** What a chunk that cites a document has in its event; ids need no escape in JSON. */
export const citationMark = (docId: string): string => `"sourceId":"${docId}"`;

/** What the uses of a document are counted by. */
export const USE_EVENTS = ['chunk.drafted', 'chunk.spoken', 'chunk.interrupted', 'chunk.vetoed'] as const;
