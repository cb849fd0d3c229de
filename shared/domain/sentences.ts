import type { TextSpan } from './lanes.ts';

/** One sentence to the letter, and where it stands. */
export interface Sentence {
  readonly quote: string;
  readonly span: TextSpan;
}

/** The sentences of a text: the smallest things that are found and quoted. */
export function sentencesOf(text: string): readonly Sentence[] {
  return [...text.matchAll(/[^\n.!?]+(?:[.!?](?!\s|$)[^\n.!?]*)*[.!?]?/gu)].flatMap(match => {
    const quote = match[0].trim();
    const start = match.index + match[0].indexOf(quote);
    return quote === '' ? [] : [{ quote, span: [start, start + quote.length] as const }];
  });
}
