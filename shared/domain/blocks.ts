/** One piece of a document that is edited and merged as a whole. */
export interface Block {
  /** Stays through edits; unique in its document. */
  readonly id: string;
  /** Markdown without blank lines around it. */
  readonly text: string;
}

const FENCE = /^ {0,3}(?<marks>`{3,}|~{3,})/u;

/** The blocks of a Markdown text: what blank lines part, fenced code in one piece (KN1). */
export function splitBlocks(markdown: string): readonly string[] {
  const blocks: string[] = [];
  let lines: string[] = [];
  let fence: string | null = null;
  const close = (): void => {
    if (lines.length > 0) blocks.push(lines.join('\n'));
    lines = [];
  };
  for (const line of markdown.replace(/\r\n?/gu, '\n').split('\n')) {
    const marks = FENCE.exec(line)?.groups?.['marks'] ?? null;
    if (fence === null && line.trim() === '') {
      close();
      continue;
    }
    lines.push(line.trimEnd());
    if (marks === null) continue;
    if (fence === null) fence = marks;
    else if (marks.startsWith(fence) && line.trim() === marks) fence = null;
  }
  while (lines.at(-1) === '') lines.pop(); // a fence that nobody closed
  close();
  return blocks;
}

export function joinBlocks(texts: readonly string[]): string {
  return texts.join('\n\n');
}

/** Below this share of common words two texts are not the same paragraph any more. */
const SAME_RATIO = 0.4;

/** The blocks of an edited text, with the ids of those of `before` that they come from (KN2). */
export function editBlocks(
  before: readonly Block[],
  texts: readonly string[],
  newId: () => string,
): readonly Block[] {
  const from = align(before, texts);
  const left = before.filter(block => !from.has(block.id));
  const taken = new Map([...from].map(([id, at]) => [at, id]));
  return texts.map((text, at) => {
    const id = taken.get(at) ?? takeMoved(left, text) ?? newId();
    return { id, text };
  });
}

/** A block that stands elsewhere now, word for word. */
function takeMoved(left: Block[], text: string): string | null {
  const at = left.findIndex(block => block.text === text);
  return at < 0 ? null : (left.splice(at, 1)[0]?.id ?? null);
}

/** The best pairing in order of old blocks and new texts, by how much they have in common. Returns block id -> place. */
function align(before: readonly Block[], texts: readonly string[]): ReadonlyMap<string, number> {
  const oldWords = before.map(({ text }) => wordsOf(text));
  const newWords = texts.map(wordsOf);
  const width = texts.length + 1;
  const best = new Float64Array((before.length + 1) * width);
  const score = (row: number, column: number): number => {
    if (before[row]?.text === texts[column]) return 2;
    const ratio = commonRatio(oldWords[row] ?? NO_WORDS, newWords[column] ?? NO_WORDS);
    return ratio >= SAME_RATIO ? ratio : 0;
  };
  for (let row = before.length - 1; row >= 0; row -= 1)
    for (let column = texts.length - 1; column >= 0; column -= 1) {
      const both = score(row, column);
      best[row * width + column] = Math.max(
        best[(row + 1) * width + column] ?? 0,
        best[row * width + column + 1] ?? 0,
        both > 0 ? both + (best[(row + 1) * width + column + 1] ?? 0) : 0,
      );
    }
  const pairs = new Map<string, number>();
  let row = 0;
  let column = 0;
  while (row < before.length && column < texts.length) {
    const here = best[row * width + column] ?? 0;
    if (here === 0) break;
    const both = score(row, column);
    if (both > 0 && here === both + (best[(row + 1) * width + column + 1] ?? 0)) {
      pairs.set(before[row]?.id ?? '', column);
      row += 1;
      column += 1;
    } else if (here === (best[(row + 1) * width + column] ?? 0)) row += 1;
    else column += 1;
  }
  return pairs;
}

const NO_WORDS: ReadonlyMap<string, number> = new Map();

function wordsOf(text: string): ReadonlyMap<string, number> {
  const words = new Map<string, number>();
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    words.set(word, (words.get(word) ?? 0) + 1);
  return words;
}

/** Dice's coefficient of two bags of words, 0 to 1. */
function commonRatio(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let common = 0;
  let total = 0;
  for (const [word, count] of a) {
    common += Math.min(count, b.get(word) ?? 0);
    total += count;
  }
  for (const count of b.values()) total += count;
  return total === 0 ? 0 : (2 * common) / total;
}
