import { sentencesOf, type Sentence } from '#shared/domain/sentences.ts';
import type { KnowledgeDocument } from './document.ts';

/** One sentence of a document; its span is where it stands in the document's body. */
export interface Passage extends Sentence {
  readonly document: KnowledgeDocument;
}

export const passagesOf = (document: KnowledgeDocument): readonly Passage[] =>
  sentencesOf(document.body).map(sentence => ({ document, ...sentence }));
