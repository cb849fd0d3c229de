import type { TextSpan } from '#shared/domain/lanes.ts';
import type { KnowledgeDocument } from './document.ts';

/** One sentence of a document: the smallest thing that is found and quoted. */
export interface Passage {
  readonly document: KnowledgeDocument;
  readonly quote: string;
  /** Where `quote` stands in the document's body. */
  readonly span: TextSpan;
}

/** The sentences of a document, each to the letter. */
export function passagesOf(document: KnowledgeDocument): readonly Passage[] {
  return [...document.body.matchAll(/[^\n.!?]+(?:[.!?](?!\s|$)[^\n.!?]*)*[.!?]?/gu)].flatMap(match => {
    const quote = match[0].trim();
    const start = match.index + match[0].indexOf(quote);
    return quote === '' ? [] : [{ document, quote, span: [start, start + quote.length] as const }];
  });
}
