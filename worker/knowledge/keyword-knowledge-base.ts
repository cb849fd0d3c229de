import { createHash } from 'node:crypto';
import type { KnowledgeBase, KnowledgeHit } from '#shared/adapters/knowledge-base.ts';
import type { TextSpan } from '#shared/domain/lanes.ts';
import type { KnowledgeDocument } from './document.ts';
import { keywords } from './words.ts';

interface Passage {
  readonly document: KnowledgeDocument;
  readonly quote: string;
  readonly span: TextSpan;
  /** Word to how often it stands in the passage; words of the title count once. */
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

/** BM25 with its usual constants. Source: Robertson and Zaragoza 2009. */
const K1 = 1.2;
const B = 0.75;
/** Share of the question's weight that a passage must carry to count as support; tuned on the table in the tests (RET4). */
const SUPPORT_RATIO = 0.34;

/** Keyword search over the approved documents of one org: a sentence is a passage, and a passage is quoted to the letter. */
export class KeywordKnowledgeBase implements KnowledgeBase {
  readonly snapshotId: string;
  readonly #passages: readonly Passage[];
  readonly #frequency = new Map<string, number>();
  readonly #averageLength: number;

  constructor(documents: readonly KnowledgeDocument[]) {
    const approved = documents.filter(document => document.status === 'approved');
    this.#passages = approved.flatMap(passagesOf);
    this.snapshotId = createHash('sha256').update(JSON.stringify(approved)).digest('hex').slice(0, 16);
    for (const passage of this.#passages) {
      for (const word of passage.counts.keys())
        this.#frequency.set(word, (this.#frequency.get(word) ?? 0) + 1);
    }
    this.#averageLength =
      this.#passages.reduce((sum, passage) => sum + passage.length, 0) / Math.max(1, this.#passages.length);
  }

  search(query: string, limit: number): readonly KnowledgeHit[] {
    const words = [...new Set(keywords(query))];
    const weight = words.reduce((sum, word) => sum + this.#rarity(word), 0);
    if (weight === 0) return [];
    return this.#passages
      .map(passage => ({ passage, ...this.#score(passage, words) }))
      .filter(({ carried }) => carried / weight >= SUPPORT_RATIO)
      .sort((a, b) => b.score - a.score || a.passage.quote.localeCompare(b.passage.quote))
      .slice(0, limit)
      .map(({ passage, carried }) => ({
        docId: passage.document.id,
        title: passage.document.title,
        section: passage.document.title,
        quote: passage.quote,
        span: passage.span,
        scoreRatio: Math.min(1, carried / weight),
      }));
  }

  #score(passage: Passage, words: readonly string[]): { readonly score: number; readonly carried: number } {
    let score = 0;
    let carried = 0;
    for (const word of words) {
      const count = passage.counts.get(word) ?? 0;
      if (count === 0) continue;
      const rarity = this.#rarity(word);
      carried += rarity;
      score +=
        (rarity * count * (K1 + 1)) / (count + K1 * (1 - B + (B * passage.length) / this.#averageLength));
    }
    return { score, carried };
  }

  /** Rare words tell more. A word of no document weighs as much as the rarest: the answer would have to be about it. */
  #rarity(word: string): number {
    const count = Math.max(1, this.#frequency.get(word) ?? 0);
    return Math.log(1 + (this.#passages.length - count + 0.5) / (count + 0.5));
  }
}

function passagesOf(document: KnowledgeDocument): readonly Passage[] {
  return [...document.body.matchAll(/[^\n.!?]+(?:[.!?](?!\s|$)[^\n.!?]*)*[.!?]?/gu)]
    .map(match => {
      const quote = match[0].trim();
      const start = match.index + match[0].indexOf(quote);
      return { quote, span: [start, start + quote.length] as const };
    })
    .filter(({ quote }) => quote !== '')
    .map(({ quote, span }) => {
      const words = keywords(quote);
      const counts = new Map<string, number>();
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const word of keywords(document.title)) if (!counts.has(word)) counts.set(word, 0.5);
      return { document, quote, span, counts, length: words.length };
    });
}
