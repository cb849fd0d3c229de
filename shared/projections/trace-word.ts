import type { Citation, TextSpan } from '#shared/domain/lanes.ts';

/** Fewest words in a row that tell a quotation from a coincidence. */
const TELLING_WORDS = 2;

/** Where one spoken word comes from. Spans are UTF-16 code units. */
export interface WordTrace {
  readonly word: string;
  /** The word in the text of its chunk. */
  readonly span: TextSpan;
  /**
   * `quoted`: it stands in the cited passage, as part of a run of the same words. `cited`: its sentence cites a source, and the
   * word itself is the AI's own. `own`: nothing is cited.
   */
  readonly support: 'quoted' | 'cited' | 'own';
  readonly citation: Citation | null;
  /** The same word in the document's body; `null` unless `quoted` from a document. */
  readonly sourceSpan: TextSpan | null;
}

interface Word {
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

/**
 * From a spoken word back to its source: character of a chunk -> citation -> place in the document (RET55-RET57). Pure.
 * @param offset any character of the word, in the chunk's text
 * @returns `null` where there is no word
 */
export function traceWord(text: string, citations: readonly Citation[], offset: number): WordTrace | null {
  const words = wordsIn(text);
  const at = words.findIndex(word => word.start <= offset && offset < word.end);
  const word = words[at];
  if (!word) return null;
  const span: TextSpan = [word.start, word.end];
  const found = { word: text.slice(word.start, word.end), span };
  let best: { readonly length: number; readonly citation: Citation; readonly source: Word } | null = null;
  for (const citation of citations) {
    const quoted = wordsIn(citation.quote);
    for (const [place, source] of quoted.entries()) {
      if (source.folded !== word.folded) continue;
      const length = runLength(words, at, quoted, place);
      if (length > (best?.length ?? 0)) best = { length, citation, source };
    }
  }
  const whole = best !== null && best.length >= Math.min(TELLING_WORDS, wordsIn(best.citation.quote).length);
  if (best !== null && whole) {
    const { citation, source } = best;
    const from = citation.span?.[0];
    const sourceSpan: TextSpan | null = from === undefined ? null : [from + source.start, from + source.end];
    return { ...found, support: 'quoted', citation, sourceSpan };
  }
  const [citation = null] = citations;
  return { ...found, support: citation ? 'cited' : 'own', citation, sourceSpan: null };
}

/** Words in a row that are the same around two places. */
function runLength(one: readonly Word[], at: number, other: readonly Word[], place: number): number {
  const same = (by: number): boolean => one[at + by]?.folded === other[place + by]?.folded;
  const there = (by: number): boolean => one[at + by] !== undefined && other[place + by] !== undefined;
  let after = 0;
  while (there(after + 1) && same(after + 1)) after += 1;
  let before = 0;
  while (there(-before - 1) && same(-before - 1)) before += 1;
  return before + 1 + after;
}

function wordsIn(text: string): readonly Word[] {
  return [...text.matchAll(/[\p{L}\p{Nd}]+(?:['’.,:][\p{L}\p{Nd}]+)*/gu)].map(match => ({
    folded: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}
