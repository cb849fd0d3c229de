import type { KnowledgePatch } from '#shared/adapters/knowledge-base.ts';
import type { KnowledgeDocument } from './document.ts';

/** @returns the documents with the newest patch of each in its place; `null` where none applies any more (KN27). Pure. */
export function patchedDocuments(
  documents: readonly KnowledgeDocument[],
  patches: readonly KnowledgePatch[],
): readonly KnowledgeDocument[] | null {
  const publishedId = (docId: string): string | null =>
    documents.find(({ id }) => id === docId)?.revisionId ?? null;
  const newest = new Map(
    patches
      .filter(patch => patch.publishedId === publishedId(patch.docId))
      .map(patch => [patch.docId, patch]),
  );
  if (newest.size === 0) return null;
  const replaced = documents.map(document => {
    const patch = newest.get(document.id);
    newest.delete(document.id);
    return patch ? { ...document, title: patch.title, body: patch.markdown } : document;
  });
  const added = [...newest.values()].map(({ docId, title, markdown }): KnowledgeDocument => ({
    id: docId,
    title,
    status: 'approved',
    owner: '',
    approvedOn: '1970-01-01',
    kind: 'fact',
    heard: [],
    body: markdown,
  }));
  return [...replaced, ...added];
}
