import { rarityOf } from './keyword-index.ts';
import { keywords } from './keywords.ts';

/** Stored beside every vector: two vectors are compared only where both are of this. */
export const LOCAL_MODEL = 'local-hash-384-v2';
export const LOCAL_DIM = 384;
/** Weight of the letters of a word beside the word itself; set so that a typing error costs less than a wrong word. */
const LETTERS_WEIGHT = 1;
const SHORTEST_RUN = 3;
const LONGEST_RUN = 5;

/**
 * The vector of a text without a model: each word, and each run of 3 to 5 letters in it, is hashed to a place and a sign and
 * weighted by how much the word tells. Texts are near when they share words or pieces of words. Deterministic.
 */
export function localVector(text: string, weightOf: (word: string) => number): Float32Array {
  const vector = new Float32Array(LOCAL_DIM);
  for (const word of keywords(text)) {
    const weight = weightOf(word);
    add(vector, `w:${word}`, weight);
    const runs = letterRuns(word);
    // Spread over its runs, so that a long word weighs no more than a short one.
    for (const run of runs) add(vector, `l:${run}`, (LETTERS_WEIGHT * weight) / Math.sqrt(runs.length));
  }
  return unit(vector);
}

/** The vector of a passage: by its own words alone, so that no other passage alters it and only what was changed is fetched again. */
export const passageVector = (text: string): Float32Array => localVector(text, () => 1);

/** The vector of a question to such passages: how much each word tells is on this side alone. Guarded by the tests of RET4 and RET25. */
export const questionVector = (text: string, weightOf: (word: string) => number): Float32Array =>
  localVector(text, weightOf);

/** How much a word tells among these texts: the rarer, the more. */
export function weightsIn(texts: readonly string[]): (word: string) => number {
  const frequency = new Map<string, number>();
  for (const text of texts)
    for (const word of new Set(keywords(text))) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  return word => rarityOf(frequency.get(word) ?? 0, texts.length);
}

/** A text without a word that tells anything has the zero vector and is near nothing. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map(value => value / length);
}

function letterRuns(word: string): readonly string[] {
  const marked = `<${word}>`;
  const runs: string[] = [];
  for (let length = SHORTEST_RUN; length <= LONGEST_RUN; length += 1) {
    for (let start = 0; start + length <= marked.length; start += 1)
      runs.push(marked.slice(start, start + length));
  }
  return runs;
}

function add(vector: Float32Array, feature: string, weight: number): void {
  const hash = fnv1a(feature);
  const place = hash % LOCAL_DIM;
  vector[place] = (vector[place] ?? 0) + ((hash & 0x8000_0000) === 0 ? weight : -weight);
}

/** 32 bit FNV-1a over UTF-16 code units. Source: draft-eastlake-fnv. */
function fnv1a(text: string): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  // FNV leaves the low bits of short texts alike; one more round spreads them.
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x85eb_ca6b) >>> 0;
}
