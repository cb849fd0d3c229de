import { wordsOf } from './knowledge-index.ts';

const EXCERPT_CHARS = 220;

export interface WordSpan {
  from: number;
  to: number;
}

/** Where words of the query begin in a text, in UTF-16 code units; a word is hit by its beginning. */
export function hitsIn(text: string, query: string): WordSpan[] {
  const words = wordsOf(query).map(word => word.toLowerCase());
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].flatMap(({ 0: found, index }) => {
    const hit = words
      .filter(word => word.length > 1 && found.toLowerCase().startsWith(word))
      .toSorted((a, b) => b.length - a.length)[0];
    return hit === undefined ? [] : [{ from: index, to: index + hit.length }];
  });
}

/** A short piece of Markdown as plain words: its beginning, or the place of the first hit. */
export function excerptOf(markdown: string, query: string): string {
  const plain = markdown
    .replace(/^#{1,6}\s+.*$/gmu, line => (markdown.trim() === line.trim() ? line.replace(/^#+\s*/u, '') : ''))
    .replace(/!?\[(?<label>[^\]]*)\]\([^)]*\)/gu, '$<label>')
    .replace(/[*_`>|~]+/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  const first = query === '' ? 0 : (hitsIn(plain, query)[0]?.from ?? 0);
  const from = first > EXCERPT_CHARS / 2 ? plain.lastIndexOf(' ', first - EXCERPT_CHARS / 3) + 1 : 0;
  const piece = plain.slice(from, from + EXCERPT_CHARS).trimEnd();
  return `${from > 0 ? '… ' : ''}${piece}${from + EXCERPT_CHARS < plain.length ? ' …' : ''}`;
}
