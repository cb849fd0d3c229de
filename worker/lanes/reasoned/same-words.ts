/** The words of a transcript in one form: what recognisers change between a guess and the final text is folded away. */
export function wordsOf(text: string): string {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/['’]/gu, '')
      .match(/[\p{L}\p{Nd}\p{Sc}%]+/gu) ?? []
  ).join(' ');
}

/** Whether an answer drafted on one text is an answer to the other: the same words in the same order (OVL4). */
export function sameWords(one: string, other: string): boolean {
  return wordsOf(one) === wordsOf(other);
}
