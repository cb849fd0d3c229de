import { digitRuns } from './numbers.ts';

export const PERSONAL_KINDS = ['email', 'phone', 'iban', 'idNumber'] as const;
export type PersonalKind = (typeof PERSONAL_KINDS)[number];

export interface PersonalFind {
  readonly kind: PersonalKind;
  readonly start: number;
  readonly end: number;
  /** The same however it is written: what a source is searched for. */
  readonly key: string;
}

/** Bounded repeats: each start costs at most a fixed number of steps. */
const IBAN = /\b[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]{4}){2,7}(?:[ \u00a0-]?[A-Z0-9]{1,3})?\b/giu;
const SPOKEN_EMAIL =
  /\b[\p{L}\p{N}]{1,64}(?:\s(?:dot|underscore|dash|hyphen)\s[\p{L}\p{N}]{1,64}){0,4}\s(?:at|@)\s[\p{L}\p{N}-]{1,63}(?:\s(?:dot|point)\s[\p{L}]{2,24}){1,3}\b/giu;
/** Rare in speech, so that one cheap look spares the long one. */
const MAYBE_SPOKEN_EMAIL = /\s(?:dot|point)\s/iu;
/** Forms that are an id number by themselves: United States social security, United Kingdom national insurance. */
const ID_FORMS = /\b\d{3}-\d{2}-\d{4}\b|\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/gu;
/** Words that make the number after them an id number. */
const ID_WORDS =
  /\b(?:social security|national insurance|passport|identity card|id card|driving licen[cs]e|driver'?s licen[cs]e|tax(?:payer)? (?:id|identification)|personal identity)(?: (?:card|number|no\.?|code|id))*(?: (?:is|was|of|ends? in|reads))?[\s:,]*/giu;
const ID_AFTER = /^(?:[A-Z]{0,3}[ -]?\d[\d -]{4,18}\d|[A-Z]\d{7,8})/u;
const NAME_CHARS = /[\p{L}\p{N}._%+'-]/u;
const HOST_CHARS = /[\p{L}\p{N}.-]/u;
const ID_MIN_DIGITS = 6;

/** Addresses, accounts and numbers of people in a text, in order. */
export function findPersonalData(text: string, phoneMinDigits: number): readonly PersonalFind[] {
  const found: PersonalFind[] = [];
  const add = (
    kind: PersonalKind,
    start: number,
    end: number,
    key = compact(text.slice(start, end)),
  ): void => {
    if (!found.some(known => start < known.end && end > known.start)) found.push({ kind, start, end, key });
  };
  for (const [start, end] of emails(text)) add('email', start, end);
  if (MAYBE_SPOKEN_EMAIL.test(text))
    for (const match of text.matchAll(SPOKEN_EMAIL))
      add('email', match.index, match.index + match[0].length, spokenKey(match[0]));
  const runs = digitRuns(text);
  if (runs.length === 0) return found;
  for (const match of text.matchAll(IBAN))
    if (passesMod97(match[0])) add('iban', match.index, match.index + match[0].length);
  for (const match of text.matchAll(ID_FORMS)) add('idNumber', match.index, match.index + match[0].length);
  for (const match of text.matchAll(ID_WORDS)) {
    const from = match.index + match[0].length;
    const written = ID_AFTER.exec(text.slice(from, from + 24));
    const run = runs.find(one => one.start >= from - 1 && one.start <= from + 12);
    if (written) add('idNumber', from, Math.max(from + written[0].length, run?.end ?? 0));
    else if (run && run.digits.length >= ID_MIN_DIGITS) add('idNumber', run.start, run.end, run.digits);
  }
  for (const run of runs)
    if (run.digits.length >= phoneMinDigits) add('phone', run.start, run.end, run.digits);
  return found.sort((a, b) => a.start - b.start);
}

/** Addresses by their sign: from each one outwards, every character at most once in each direction. */
function emails(text: string): readonly (readonly [start: number, end: number])[] {
  const found: (readonly [number, number])[] = [];
  let free = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > free && NAME_CHARS.test(text[start - 1] ?? '')) start -= 1;
    let end = at + 1;
    while (end < text.length && HOST_CHARS.test(text[end] ?? '')) end += 1;
    while (end > at && /[.-]/u.test(text[end - 1] ?? '')) end -= 1;
    if (start < at && text.slice(at + 1, end).includes('.')) {
      found.push([start, end]);
      free = end;
    } else free = at + 1;
  }
  return found;
}

const compact = (text: string): string => text.replace(/[\s\u00a0-]/gu, '').toLowerCase();

function spokenKey(text: string): string {
  return compact(
    text
      .toLowerCase()
      .replace(/\s(?:dot|point)\s/gu, '.')
      .replace(/\sunderscore\s/gu, '_')
      .replace(/\s(?:dash|hyphen)\s/gu, '-')
      .replace(/\sat\s/gu, '@'),
  );
}

/** Check digits of an IBAN, so that no order code is taken for one. Source: ISO 13616. */
function passesMod97(text: string): boolean {
  const plain = text.replace(/[^A-Za-z0-9]/gu, '').toUpperCase();
  if (plain.length < 15) return false;
  let rest = 0;
  for (const char of plain.slice(4) + plain.slice(0, 4))
    for (const digit of String(Number.parseInt(char, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}
