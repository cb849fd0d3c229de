import type { KnowledgeDocument } from './document.ts';

/** Words that may stand between those of a phrase: "too, you know, expensive". */
const MAX_WORDS_BETWEEN = 2;

/**
 * The objections a caller has made: documents one of whose `heard` phrases stands in the text, word for word and in order.
 * Lexical on purpose: an approved reply to something that was not said is worse than none (RET30).
 */
export function heardObjections(
  text: string,
  objections: readonly KnowledgeDocument[],
): readonly KnowledgeDocument[] {
  const said = spokenWords(text);
  return objections.filter(({ heard }) => heard.some(phrase => stands(spokenWords(phrase), said)));
}

function spokenWords(text: string): readonly string[] {
  return (
    text
      .toLowerCase()
      .replace(/['’]/gu, '')
      .match(/[\p{L}\p{Nd}]+/gu) ?? []
  );
}

function stands(phrase: readonly string[], said: readonly string[]): boolean {
  return said.some((word, start) => {
    if (word !== phrase[0]) return false;
    let at = start;
    return phrase.slice(1).every(next => {
      const found = said.indexOf(next, at + 1);
      if (found < 0 || found - at - 1 > MAX_WORDS_BETWEEN) return false;
      at = found;
      return true;
    });
  });
}
