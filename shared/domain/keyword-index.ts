/** BM25 with its usual constants. Source: Robertson and Zaragoza 2009. */
const K1 = 1.2;
const B = 0.75;

export interface KeywordMatch {
  readonly index: number;
  readonly score: number;
  /** Share of the query's weight that stands in the text, 0 to 1. */
  readonly coverageRatio: number;
}

/** A text as the index sees it: words in one form each; those of the heading count half. */
export interface IndexedText {
  readonly words: readonly string[];
  readonly heading: readonly string[];
}

/** Keyword search over texts that do not change. Touches only texts that share a word with the query. */
export class KeywordIndex {
  readonly #postings = new Map<string, Map<number, number>>();
  readonly #lengths: readonly number[];
  readonly #averageLength: number;
  readonly #rarityElsewhere: ((word: string) => number) | null;

  /** @param rarity how much a word tells, where these texts are a few of many; without it they are all there are */
  constructor(texts: readonly IndexedText[], rarity: ((word: string) => number) | null = null) {
    this.#rarityElsewhere = rarity;
    this.#lengths = texts.map(text => text.words.length);
    this.#averageLength = this.#lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, texts.length);
    for (const [index, { words, heading }] of texts.entries()) {
      for (const word of words) this.#count(word, index, 1);
      for (const word of new Set(heading)) if (!words.includes(word)) this.#count(word, index, 0.5);
    }
  }

  /** Best first; texts of the same score in their own order. */
  search(query: readonly string[]): readonly KeywordMatch[] {
    const words = [...new Set(query)];
    const weight = words.reduce((sum, word) => sum + this.rarity(word), 0);
    if (weight === 0) return [];
    const found = new Map<number, { score: number; carried: number }>();
    for (const word of words) {
      const rarity = this.rarity(word);
      for (const [index, count] of this.#postings.get(word) ?? []) {
        const match = found.get(index) ?? { score: 0, carried: 0 };
        found.set(index, match);
        const length = (this.#lengths[index] ?? 0) / this.#averageLength;
        match.carried += rarity;
        match.score += (rarity * count * (K1 + 1)) / (count + K1 * (1 - B + B * length));
      }
    }
    return [...found]
      .map(([index, { score, carried }]) => ({ index, score, coverageRatio: Math.min(1, carried / weight) }))
      .sort((a, b) => b.score - a.score || a.index - b.index);
  }

  /** Rare words tell more. A word of no text weighs as much as the rarest: the answer would have to be about it. */
  rarity(word: string): number {
    if (this.#rarityElsewhere) return this.#rarityElsewhere(word);
    const count = Math.max(1, this.#postings.get(word)?.size ?? 0);
    return rarityOf(count, this.#lengths.length);
  }

  #count(word: string, index: number, by: number): void {
    const posting = this.#postings.get(word) ?? new Map<number, number>();
    this.#postings.set(word, posting);
    posting.set(index, (posting.get(index) ?? 0) + by);
  }
}

/** How much a word tells that stands in so many of so many texts: the rarer, the more. */
export const rarityOf = (count: number, texts: number): number =>
  Math.log(1 + (texts - count + 0.5) / (count + 0.5));
