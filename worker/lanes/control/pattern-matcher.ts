import { normalise, NORMALISER_START, SEPARATOR, type NormaliserState } from './normalise.ts';

/** A phrase that must not be said. Spaces in it are where a speaker may or may not pause. */
export interface Pattern {
  readonly phrase: string;
  /** Handed back with a match. */
  readonly id: number;
  /** `word`: a match only where the last word ends; `open`, the default: longer words count too. */
  readonly end?: 'open' | 'word' | undefined;
}

export interface PatternMatch {
  readonly id: number;
  /** Letters from the start of the text: `[startLetter, endLetter)`. */
  readonly startLetter: number;
  readonly endLetter: number;
}

const LETTERS = 26;
const A = 'a'.charCodeAt(0);
/** Letters that are told apart by neither eye nor font, and a 1 may be either, are one letter: `I promise`, `l promise`, `fu11`. */
const CLASS_OF = Uint8Array.from({ length: LETTERS }, (_, code) =>
  code === 'l'.charCodeAt(0) - A ? 'i'.charCodeAt(0) - A : code,
);

interface PatternEnd {
  readonly id: number;
  readonly length: number;
  readonly word: boolean;
}

/** Aho-Corasick automaton over `a-z`, dense tables: one step per letter, whatever the text. */
export interface CompiledPatterns {
  readonly next: Int32Array;
  readonly fail: Int32Array;
  readonly depth: Int32Array;
  /** 1 where a longer phrase goes on from the node. */
  readonly goesOn: Uint8Array;
  /** For each node: patterns that end there or at a suffix of it. */
  readonly ends: readonly (readonly PatternEnd[])[];
  readonly longest: number;
}

/** Compiles phrases once; throws on one without a letter, which would match everything. */
export function compilePatterns(patterns: readonly Pattern[]): CompiledPatterns {
  const children: Map<number, number>[] = [new Map<number, number>()];
  const depth = [0];
  const own: PatternEnd[][] = [[]];
  let longest = 0;
  for (const { phrase, id, end } of patterns) {
    const letters = normalise(NORMALISER_START, phrase).codes.filter(code => code !== SEPARATOR);
    if (letters.length === 0) throw new Error(`a pattern needs letters: ${JSON.stringify(phrase)}`);
    let node = 0;
    for (const letter of letters) {
      const code = CLASS_OF[letter - A] ?? 0;
      let child = children[node]?.get(code);
      if (child === undefined) {
        child = children.length;
        children[node]?.set(code, child);
        children.push(new Map());
        depth.push((depth[node] ?? 0) + 1);
        own.push([]);
      }
      node = child;
    }
    own[node]?.push({ id, length: letters.length, word: end === 'word' });
    longest = Math.max(longest, letters.length);
  }
  const next = new Int32Array(children.length * LETTERS);
  const fail = new Int32Array(children.length);
  const ends: PatternEnd[][] = own.map(list => [...list]);
  const queue: number[] = [];
  for (const [code, child] of children[0] ?? []) {
    next[code] = child;
    queue.push(child);
  }
  for (let head = 0; head < queue.length; head += 1) {
    const node = queue[head] ?? 0;
    const back = fail[node] ?? 0;
    ends[node]?.push(...(ends[back] ?? []));
    for (let code = 0; code < LETTERS; code += 1) {
      const child = children[node]?.get(code);
      const viaBack = next[back * LETTERS + code] ?? 0;
      next[node * LETTERS + code] = child ?? viaBack;
      if (child === undefined) continue;
      fail[child] = viaBack;
      queue.push(child);
    }
  }
  return {
    next,
    fail,
    depth: Int32Array.from(depth),
    goesOn: Uint8Array.from(children, next => (next.size > 0 ? 1 : 0)),
    ends,
    longest,
  };
}

/**
 * Finds phrases in text that comes in slices. A match begins at the beginning of a word and ignores everything between
 * letters, so no way of cutting, spacing or decorating a phrase hides it. Linear time, constant memory (GATE2).
 */
export class PatternMatcher {
  readonly #patterns: CompiledPatterns;
  #normaliser: NormaliserState = NORMALISER_START;
  #node = 0;
  #letters = 0;
  #afterSeparator = true;
  /** Matches that stand or fall with whether their last word ends here. */
  #undecided: PatternMatch[] = [];
  /** Whether each of the last letters began a word, by letter number modulo its size. */
  readonly #wordStarts: Uint8Array;

  constructor(patterns: CompiledPatterns) {
    this.#patterns = patterns;
    this.#wordStarts = new Uint8Array(patterns.longest + 1);
  }

  /** Letters read so far. */
  get letters(): number {
    return this.#letters;
  }

  feed(slice: string): readonly PatternMatch[] {
    const { next, codes } = normalise(this.#normaliser, slice);
    this.#normaliser = next;
    const found: PatternMatch[] = [];
    const { next: step, ends } = this.#patterns;
    for (const code of codes) {
      if (code === SEPARATOR) {
        this.#afterSeparator = true;
        if (this.#undecided.length > 0) found.push(...this.end());
        continue;
      }
      if (this.#undecided.length > 0) this.#undecided = [];
      this.#wordStarts[this.#letters % this.#wordStarts.length] = this.#afterSeparator ? 1 : 0;
      this.#afterSeparator = false;
      this.#letters += 1;
      this.#node = step[this.#node * LETTERS + (CLASS_OF[code - A] ?? 0)] ?? 0;
      for (const { id, length, word } of ends[this.#node] ?? []) {
        if (this.#beginsWord(length))
          (word ? this.#undecided : found).push({
            id,
            startLetter: this.#letters - length,
            endLetter: this.#letters,
          });
      }
    }
    return found;
  }

  /** The last word ends here: what waited for that is a match. */
  end(): readonly PatternMatch[] {
    const found = this.#undecided;
    this.#undecided = [];
    return found;
  }

  /** Whether the next character decides about a match that ends here. */
  get undecided(): boolean {
    return this.#undecided.length > 0;
  }

  /** Letters at the end of the text that could still become a match; 0 when none can. */
  pendingLetters(): number {
    for (let node = this.#node; node !== 0; node = this.#patterns.fail[node] ?? 0) {
      const depth = this.#patterns.depth[node] ?? 0;
      if (this.#patterns.goesOn[node] === 1 && this.#beginsWord(depth)) return depth;
    }
    return 0;
  }

  #beginsWord(length: number): boolean {
    return this.#wordStarts[(this.#letters - length) % this.#wordStarts.length] === 1;
  }
}
