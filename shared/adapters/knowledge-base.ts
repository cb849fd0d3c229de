import type { TextSpan } from '#shared/domain/lanes.ts';

export interface KnowledgeHit {
  readonly docId: string;
  readonly title: string;
  readonly section: string;
  /** The passage, word for word. */
  readonly quote: string;
  /** Where `quote` stands in the document's body. */
  readonly span: TextSpan;
  /** 0 to 1; how well the passage covers the query. */
  readonly scoreRatio: number;
}

/** One immutable set of approved documents of one org. */
export interface KnowledgeBase {
  readonly snapshotId: string;
  /** Best first; empty when nothing supports an answer. Never blocks on a network. */
  search(query: string, limit: number): readonly KnowledgeHit[];
}
