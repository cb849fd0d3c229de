import { KeywordIndex } from '#shared/domain/keyword-index.ts';
import { keywords } from '#shared/domain/keywords.ts';
import { passageVector, questionVector } from '#shared/domain/local-vector.ts';
import { supports } from '#shared/domain/passage-support.ts';
import { reciprocalRank } from '#shared/domain/reciprocal-rank.ts';
import { sentencesOf } from '#shared/domain/sentences.ts';

/** As many as the AI is given for a turn. Source: `worker/session/turn-brief.ts`. */
const MOST_PASSAGES = 8;

/** The text on the screen, in place of what is published of its document. */
export interface AskedDraft {
  readonly docId: string;
  readonly title: string;
  readonly markdown: string;
}

export interface AnsweringPassage {
  readonly docId: string;
  readonly title: string;
  readonly section: string;
  readonly quote: string;
  readonly isDraft: boolean;
}

export interface Candidates {
  /** What the snapshot has, without the draft's document. */
  readonly found: readonly {
    readonly docId: string;
    readonly title: string;
    readonly section: string;
    readonly text: string;
  }[];
  readonly draft: AskedDraft | null;
  /** How much words tell in the whole snapshot: of the question's vector, and of its words. */
  readonly weightOf: (word: string) => number;
  readonly rarityOf: (word: string) => number;
  /** The worker searches by the vectors that are made here too (SYN33). */
  readonly hasVectors: boolean;
}

/**
 * The passages that an answer may rest on, best first: ranked, and judged whether they support an answer at all, as the worker does
 * (RET25). Candidates are few, so that their vectors are made here anew. Pure.
 */
export function answeringPassages(
  question: string,
  { found, draft, weightOf, rarityOf, hasVectors }: Candidates,
): readonly AnsweringPassage[] {
  const passages: AnsweringPassage[] = [
    ...found.map(({ docId, title, section, text }) => ({
      docId,
      title,
      section,
      quote: text,
      isDraft: false,
    })),
    ...sentencesOf(draft?.markdown ?? '').map(({ quote }) => ({
      docId: draft?.docId ?? '',
      title: draft?.title ?? '',
      section: draft?.title ?? '',
      quote,
      isDraft: true,
    })),
  ];
  const index = new KeywordIndex(
    passages.map(({ title, quote }) => ({ words: keywords(quote), heading: keywords(title) })),
    rarityOf,
  );
  const byWords = index.search(keywords(question));
  const coverage = new Map(byWords.map(match => [match.index, match.coverageRatio]));
  const asked = questionVector(question, weightOf);
  const similarity = passages.map(({ title, quote }) =>
    hasVectors ? Math.max(0, dot(asked, passageVector(`${title}. ${quote}`))) : 0,
  );
  const byVector = [...similarity.keys()].toSorted((a, b) => (similarity[b] ?? 0) - (similarity[a] ?? 0));
  return reciprocalRank([byWords.map(match => match.index), hasVectors ? byVector : []])
    .filter(at => supports({ coverageRatio: coverage.get(at) ?? 0, similarityRatio: similarity[at] ?? 0 }))
    .slice(0, MOST_PASSAGES)
    .flatMap(at => passages[at] ?? []);
}

const dot = (one: Float32Array, other: Float32Array): number =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
