import type { TextSpan } from '#shared/domain/lanes.ts';

/** A fact answers a question; an objection is the approved reply to something callers say, such as "too expensive". */
export type KnowledgeKind = 'fact' | 'objection';

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
  /** Absent: a fact. */
  readonly kind?: KnowledgeKind;
  /** The snapshot the passage was read from. */
  readonly snapshotId?: string;
}

/** Another text of one document, until what is published of it changes. */
export interface KnowledgePatch {
  readonly docId: string;
  readonly title: string;
  readonly markdown: string;
  /** What was published of the document when the patch was made; `null` where nothing was. */
  readonly publishedId: string | null;
}

/** One immutable set of approved documents of one org. */
export interface KnowledgeBase {
  readonly snapshotId: string;
  /**
   * Best first; empty when nothing supports an answer. At once, or as soon as the query's vector is there; a vector that is
   * late is done without (RET24).
   */
  search(query: string, limit: number): readonly KnowledgeHit[] | Promise<readonly KnowledgeHit[]>;
}
