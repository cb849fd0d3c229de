import { asciiDigit, foldLetters } from '#shared/base/fold-letters.ts';

const UNITS: Readonly<Record<string, number>> = {
  zero: 0, nought: 0, naught: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, niner: 9,
}; // prettier-ignore
/** Said for zero between digits, and something else everywhere else: "oh, I see". */
const ZEROS: ReadonlySet<string> = new Set(['oh', 'o', 'nil', 'null']);
const TEENS: Readonly<Record<string, number>> = {
  ten: 10, eleven: 11, twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, seventeen: 17, eighteen: 18, nineteen: 19,
}; // prettier-ignore
const TENS: Readonly<Record<string, number>> = {
  twenty: 20, thirty: 30, forty: 40, fourty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90,
}; // prettier-ignore
const SCALES: Readonly<Record<string, number>> = { thousand: 1000, million: 1_000_000 };
const REPEATS: Readonly<Record<string, number>> = { double: 2, triple: 3, treble: 3, quadruple: 4 };

/** One number within a run: `forty-one` and `eleven` are two parts of `4111`. */
export interface NumberPart {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
}

/** A run of digits as it was said or written, with its place in the text. */
export interface DigitRun extends NumberPart {
  readonly parts: readonly NumberPart[];
}

/** A number with thousands, digits with what looks like one between them, a word, or what stands between. Linear: no part can begin in another. */
const TOKEN =
  /\p{Nd}{1,3}(?:,\p{Nd}{3})+(?!\p{Nd})|[\p{Nd}\p{No}](?:[\p{Nd}\p{No}\p{M}\p{Cf}OoIl]*[\p{Nd}\p{No}])?|\p{L}[\p{L}\p{M}\p{Cf}]*|[^\p{L}\p{Nd}\p{No}]+/gu;
/** What people and programs put between the digits of one number. Money and percent part two numbers. */
const JOINER = /^[^\p{L}\p{N}\p{Sc}%]*$/u;
const FILLERS: ReadonlySet<string> = new Set([
  ...[
    'uh',
    'um',
    'er',
    'erm',
    'ah',
    'hm',
    'and',
    'then',
    'next',
    'dash',
    'hyphen',
    'minus',
    'space',
    'comma',
  ],
  ...['point', 'dot', 'slash', 'plus'],
]);

/** Digits that one word or number stands for, or `null` for an ordinary word. */
export function digitsOfWord(word: string): string | null {
  const lower = foldWord(word);
  const value = UNITS[lower] ?? TEENS[lower] ?? TENS[lower];
  if (value !== undefined) return String(value);
  if (lower === 'oh') return '0';
  return /^\p{Nd}+$/u.test(word) ? toAsciiDigits(word) : null;
}

/** Digits of other scripts, in circles or full width count as digits; what only looks like one counts as one. */
export function toAsciiDigits(text: string): string {
  let digits = '';
  for (const point of text.normalize('NFKC')) {
    if (point === 'O' || point === 'o') digits += '0';
    else if (point === 'I' || point === 'l') digits += '1';
    else digits += asciiDigit(point) ?? '';
  }
  return digits;
}

/** A word in small Latin letters, without what nobody sees or hears. */
function foldWord(word: string): string {
  if (/^[a-z]+$/u.test(word)) return word;
  let out = '';
  for (const point of word) out += foldLetters(point);
  return out.replace(/[\p{M}\p{Cf}]/gu, '');
}

/** Most sentences hold no figure at all; one look spares them the rest. A character beyond Latin may be anything. */
const MAYBE_FIGURE =
  /[\p{Nd}\p{No}]|zero|n[oa]ught|one|two|three|four|fiv|six|seven|eight|nin|ten|eleven|twel|thir|twent|for?ty|fift|hundred|thousand|million|[^\0-\u024f\u2000-\u206f€]/iu;

type Step = 'digits' | 'zero' | 'unit' | 'teen' | 'ten' | 'hundred' | 'scale';

/** A cardinal being read: `total` of what scales have closed, `group` below the next scale. */
interface Cardinal {
  total: number;
  group: number;
  last: Step;
  /** As written, for digits, whose zeros count. */
  raw: string | null;
  start: number;
  end: number;
}

/**
 * Every run of digits in a text, however it was written: `4111 1111`, `four one one one`, `forty-one eleven`, `double four`,
 * `four thousand one hundred and eleven`, or a mix. `twenty one` is read as 21. One pass over the text.
 */
export function digitRuns(text: string): readonly DigitRun[] {
  if (!MAYBE_FIGURE.test(text)) return [];
  const runs: DigitRun[] = [];
  let parts: NumberPart[] = [];
  let open: Cardinal | null = null;
  let repeat = 1;
  let runStart: number | null = null;

  const closePart = (): void => {
    if (open) {
      const { raw, total, group, start, end } = open;
      parts.push({ digits: raw ?? String(total + group), start, end });
    }
    open = null;
  };
  const closeRun = (): void => {
    closePart();
    const last = parts.at(-1);
    if (last)
      runs.push({
        digits: parts.map(part => part.digits).join(''),
        start: runStart ?? last.start,
        end: last.end,
        parts,
      });
    parts = [];
    repeat = 1;
    runStart = null;
  };
  const begin = (group: number, last: Step, raw: string | null, start: number, end: number): void => {
    closePart();
    runStart ??= start;
    open = { total: 0, group, last, raw, start, end };
    if (repeat > 1) open.raw = (raw ?? String(group)).repeat(repeat);
    repeat = 1;
  };
  const tokens = [...text.matchAll(TOKEN)];
  for (const [index, match] of tokens.entries()) {
    const token = match[0];
    const start = match.index;
    const end = start + token.length;
    if (/^[\p{Nd}\p{No}]/u.test(token)) {
      const raw = toAsciiDigits(token);
      if (raw === '') closeRun();
      else begin(raw.length <= 6 ? Number(raw) : 0, 'digits', raw, start, end);
      continue;
    }
    if (!/^\p{L}/u.test(token)) {
      if (!JOINER.test(token)) closeRun();
      continue;
    }
    const word = foldWord(token);
    const inRun = open !== null || parts.length > 0;
    const current = open as Cardinal | null;
    const attach = (group: number, last: Step): void => {
      if (!current) return;
      current.group = group;
      current.last = last;
      current.raw = null;
      current.end = end;
    };
    const afterHundred = current?.last === 'hundred' || current?.last === 'scale';
    const unit = UNITS[word];
    const teen = TEENS[word];
    const ten = TENS[word];
    const scale = SCALES[word];
    const times = REPEATS[word];
    if (unit !== undefined) {
      if (current && repeat === 1 && unit > 0 && (afterHundred || current.last === 'ten'))
        attach(current.group + unit, 'unit');
      else begin(unit, unit === 0 ? 'zero' : 'unit', null, start, end);
    } else if (teen !== undefined || ten !== undefined) {
      if (current && repeat === 1 && afterHundred)
        attach(current.group + (teen ?? ten ?? 0), teen === undefined ? 'ten' : 'teen');
      else begin(teen ?? ten ?? 0, teen === undefined ? 'ten' : 'teen', null, start, end);
    } else if (word === 'hundred') {
      if (current && !afterHundred && current.group > 0 && current.group < 100)
        attach(current.group * 100, 'hundred');
      else begin(100, 'hundred', null, start, end);
    } else if (scale !== undefined) {
      if (current && current.group > 0) {
        current.total += current.group * scale;
        attach(0, 'scale');
      } else begin(scale, 'scale', null, start, end);
    } else if (times !== undefined) {
      closePart();
      if (inRun || numberFollows(tokens, index)) {
        runStart ??= start;
        repeat = times;
      }
    } else if (ZEROS.has(word) && (inRun || (word === 'oh' && numberFollows(tokens, index)))) {
      begin(0, 'zero', null, start, end);
    } else if (!(inRun && FILLERS.has(word))) closeRun();
  }
  closeRun();
  return runs;
}

/** Whether a number comes next, with nothing but a space between. */
function numberFollows(tokens: readonly RegExpExecArray[], index: number): boolean {
  const next = tokens[index + 2]?.[0];
  if (next === undefined || !/^\s+$/u.test(tokens[index + 1]?.[0] ?? '')) return false;
  return /^\p{Nd}/u.test(next) || (digitsOfWord(next) !== null && foldWord(next) !== 'one');
}

/** Enough to see how a text ends, where it does not end in nothing but hesitation. */
const TAIL_CHARS = 80;

/** Whether the text ends in something that more digits could continue, or that repeats or begins them. */
export function endsInNumber(text: string): boolean {
  const tail = text.slice(-TAIL_CHARS);
  const last = digitRuns(tail).at(-1);
  const words = (last ? tail.slice(last.end) : tail).match(/[\p{L}\p{N}\p{Sc}%]+/gu) ?? [];
  if (words.every(word => FILLERS.has(foldWord(word)) || word.toLowerCase() in REPEATS))
    return (
      last !== undefined || endsInRepeat(words) || (text.length > TAIL_CHARS && digitRuns(text).length > 0)
    );
  return endsInRepeat(words);
}

/** "double", or a zero that is only one before digits. */
function endsInRepeat(words: readonly string[]): boolean {
  const last = foldWord(words.at(-1) ?? '');
  return last in REPEATS || last === 'oh';
}

/** Luhn check digit, as every card number has one. Source: ISO/IEC 7812-1. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const CARD_MIN_DIGITS = 13;
const CARD_MAX_DIGITS = 19;

/** Whether a run of digits holds a card number anywhere in it. */
export function holdsCardNumber(digits: string): boolean {
  for (let start = 0; start + CARD_MIN_DIGITS <= digits.length; start += 1) {
    for (
      let length = CARD_MIN_DIGITS;
      length <= CARD_MAX_DIGITS && start + length <= digits.length;
      length += 1
    ) {
      if (passesLuhn(digits.slice(start, start + length))) return true;
    }
  }
  return false;
}
