import { asciiDigit, foldLetters } from '#shared/base/fold-letters.ts';

/** Stands between two words, whatever the speaker or writer put there. */
export const SEPARATOR = 0x20;

/** What remains between two slices: half of a surrogate pair, and whether the last thing written was a separator. */
export interface NormaliserState {
  readonly pendingSurrogate: string;
  readonly atSeparator: boolean;
}

export const NORMALISER_START: NormaliserState = { pendingSurrogate: '', atSeparator: true };

/** Digits and signs read as letters, so that `gu4r4nt33` is a word. Numbers are judged elsewhere. */
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '2': 'z',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '€': 'e',
};

/** Signs that are read aloud as a word. */
const SPELT: Readonly<Record<string, string>> = { '%': ' percent ', '٪': ' percent ', '&': ' and ' };

/** Shown or spoken as nothing: marks, invisible characters, emoji, apostrophes, markdown. They must not split a word. */
const DROPPED =
  /^[\p{M}\p{Default_Ignorable_Code_Point}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\p{Cc}'’‘`´"*_~#\\|]$/u;
const SPACE_CONTROL = /^[\t\n\r\v\f]$/;

/**
 * Folds a slice of text into the character codes of letters `a-z` and of `SEPARATOR`, never two in a row, whatever its case,
 * script, decoration or cutting. Streaming: any slicing of a text gives the same characters. Linear in the length of the text (GATE1).
 */
export function normalise(
  state: NormaliserState,
  slice: string,
): { readonly next: NormaliserState; readonly codes: readonly number[] } {
  const text = state.pendingSurrogate + slice;
  const cut = endsInHalfPair(text) ? text.length - 1 : text.length;
  const codes: number[] = [];
  let { atSeparator } = state;
  for (let index = 0; index < cut;) {
    const point = text.codePointAt(index) ?? 0;
    const folded = ASCII[point] ?? fold(String.fromCodePoint(point));
    index += point > 0xffff ? 2 : 1;
    for (let at = 0; at < folded.length; at += 1) {
      const code = folded.charCodeAt(at);
      const isSeparator = code === SEPARATOR;
      if (isSeparator && atSeparator) continue;
      codes.push(code);
      atSeparator = isSeparator;
    }
  }
  return { next: { pendingSurrogate: text.slice(cut), atSeparator }, codes };
}

function endsInHalfPair(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}

const CACHE = new Map<string, string>();

function fold(point: string): string {
  const known = CACHE.get(point);
  if (known !== undefined) return known;
  let out = '';
  for (const part of SPACE_CONTROL.test(point) ? ' ' : foldLetters(point)) out += foldOne(part);
  // The alphabet of a conversation is small; a flood of strange characters must not fill memory.
  if (CACHE.size < 4096) CACHE.set(point, out);
  return out;
}

function foldOne(part: string): string {
  if (part >= 'a' && part <= 'z' && part.length === 1) return part;
  const letter = LEET[asciiDigit(part) ?? part] ?? SPELT[part];
  if (letter !== undefined) return letter;
  return DROPPED.test(part) ? '' : ' ';
}

/** What nearly every character of speech is, folded once. */
const ASCII: readonly string[] = Array.from({ length: 128 }, (_, code) => fold(String.fromCharCode(code)));
