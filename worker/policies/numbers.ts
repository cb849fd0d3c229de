const UNITS: Readonly<Record<string, number>> = {
  zero: 0, oh: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9,
}; // prettier-ignore
const TEENS: Readonly<Record<string, number>> = {
  ten: 10, eleven: 11, twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, seventeen: 17, eighteen: 18, nineteen: 19,
}; // prettier-ignore
const TENS: Readonly<Record<string, number>> = {
  twenty: 20, thirty: 30, forty: 40, fourty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90,
}; // prettier-ignore
const REPEATS: Readonly<Record<string, number>> = { double: 2, triple: 3 };

/** A run of digits as it was said or written, with its place in the text. */
export interface DigitRun {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN = /\p{Nd}+|\p{L}+|[^\p{L}\p{Nd}]+/gu;
/** Between the digits of one number people put spaces, dashes and dots, and small words of hesitation. */
const JOINER = /^[\s\-–—.,/()]*$/u;
const FILLERS: ReadonlySet<string> = new Set(['uh', 'um', 'er', 'erm', 'and', 'then', 'dash']);

/** Digits that one word or number stands for, or `null` for an ordinary word. */
export function digitsOfWord(word: string): string | null {
  const lower = word.toLowerCase();
  const value = UNITS[lower] ?? TEENS[lower] ?? TENS[lower];
  if (value !== undefined) return String(value);
  return /^\p{Nd}+$/u.test(word) ? toAsciiDigits(word) : null;
}

/** Digits of other scripts and full-width digits count as digits. */
export function toAsciiDigits(text: string): string {
  return text.normalize('NFKC').replace(/\p{Nd}/gu, digit => {
    const code = digit.codePointAt(0) ?? 0;
    // Decimal digits of every script come in runs of ten that begin at a multiple of their zero.
    let zero = code;
    while (zero > code - 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return code < 128 ? digit : String((code - zero) % 10);
  });
}

/** Most sentences hold no figure at all; one look spares them the rest. */
const MAYBE_FIGURE =
  /\p{Nd}|zero|\boh\b|one|two|three|four|fiv|six|seven|eight|nin|ten|eleven|twel|thir|twent|for?ty|fift/iu;

/**
 * Every run of digits in a text, however it was written: `4111 1111`, `four one one one`, `forty-one eleven`, `double four`,
 * or a mix. `twenty one` is read as 21.
 */
export function digitRuns(text: string): readonly DigitRun[] {
  if (!MAYBE_FIGURE.test(text)) return [];
  const runs: DigitRun[] = [];
  let open: { digits: string; start: number; end: number } | null = null;
  let repeat = 1;
  let tens: number | null = null;
  const close = (): void => {
    if (open && open.digits !== '') runs.push(open);
    open = null;
    repeat = 1;
    tens = null;
  };
  for (const match of text.matchAll(TOKEN)) {
    const word = match[0];
    const lower = word.toLowerCase();
    const times = REPEATS[lower];
    const digits = digitsOfWord(word);
    if (digits === null && times === undefined) {
      if (open && (JOINER.test(word) || FILLERS.has(lower))) continue;
      close();
      continue;
    }
    open ??= { digits: '', start: match.index, end: match.index };
    open.end = match.index + word.length;
    if (times !== undefined) {
      repeat = times;
      continue;
    }
    const unit = UNITS[lower];
    if (tens !== null && unit !== undefined && unit > 0)
      open.digits = open.digits.slice(0, -1) + String(unit);
    else open.digits += (digits ?? '').repeat(repeat);
    repeat = 1;
    tens = TENS[lower] ?? null;
  }
  close();
  return runs;
}

/** Whether the text ends in something that more digits could continue. */
export function endsInNumber(text: string): boolean {
  const run = digitRuns(text).at(-1);
  if (!run) return false;
  const rest = text.slice(run.end);
  return (
    JOINER.test(rest) ||
    rest.split(/[^\p{L}]+/u).every(word => word === '' || FILLERS.has(word.toLowerCase()))
  );
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
