import type { FigureKind } from '#shared/domain/policy-document.ts';
import { digitRuns, type DigitRun, type NumberPart } from './numbers.ts';

/** A statement of quantity in a text: a number, or words that state a day or a time as a number would. */
export interface Figure {
  readonly kind: FigureKind;
  readonly start: number;
  readonly end: number;
  /** Forms of it that a source may show: any one is enough. Each form is a list of values that all have to be there. */
  readonly forms: readonly (readonly string[])[];
}

/** Words that state a day as a figure would. "may", "march" and "second" are ordinary words too often to count alone. */
const DATE_WORDS =
  /\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:january|february|april|june|july|august|september|october|november|december)\b|\b(?:tomorrow|tonight)\b|\bnext (?:week|month|year)\b|\b(?:of|until|since|next|last) (?:march|may)\b/giu;
const DURATION_WORDS =
  /\b(?:in|within|for|takes) (?:a|an|half an|a few|a couple of) (?:hour|day|week|month|year)s?\b/giu;
const ORDINALS =
  /\b(?:(?:twenty|thirty)[- ])?(?:fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)\b|\b(?:twenty|thirty)[- ](?:first|second|third)\b|\b(?:first|second|third) of (?=\p{Lu})/gu;
/** Most sentences hold none of these words; one look spares them three. */
const MAYBE_WORDS =
  /day|uary|april|ju[nl][ey]|august|ember|ober|tomorrow|tonight|week|month|year|hour|march|may|th\b|first|second|third/iu;
const MONEY_BEFORE = /(?:\p{Sc}|\b(?:eur|usd|gbp|chf))\s*$/iu;
const MONEY_AFTER =
  /^\s*(?:\p{Sc}|%|percent\b|per cent\b|(?:euros?|dollars?|pounds?|francs?|cents?|pence|eur|usd|gbp|chf)\b)/iu;
const TIME_AFTER = /^\s*(?:(?:working|business|calendar) )?(?:minute|hour|day|week|month|year)s?\b/iu;
const DATE_AROUND =
  /(?:january|february|march|april|may|june|july|august|september|october|november|december)/iu;

const withoutZeros = (digits: string): string => digits.replace(/^0+(?=\d)/, '');

/** Every figure of a text in order of kind. */
export function figuresIn(text: string): readonly Figure[] {
  const figures: Figure[] = [];
  for (const run of digitRuns(text)) {
    const counted = run.parts.filter(part => !isPronoun(text, run, part));
    if (counted.length === 0) continue;
    figures.push({
      kind: kindOf(text, run),
      start: run.start,
      end: run.end,
      forms: [[withoutZeros(run.digits)], counted.map(part => withoutZeros(part.digits))],
    });
  }
  if (!MAYBE_WORDS.test(text)) return figures;
  const words = (pattern: RegExp, kind: FigureKind): void => {
    for (const match of text.matchAll(pattern))
      figures.push({
        kind,
        start: match.index,
        end: match.index + match[0].length,
        forms: [[match[0].toLowerCase().replace('-', ' ')]],
      });
  };
  words(DATE_WORDS, 'date');
  words(ORDINALS, 'date');
  words(DURATION_WORDS, 'duration');
  return figures;
}

/** The values a source shows. A row of single digits is one number as well as several. */
export function valuesIn(source: string): ReadonlySet<string> {
  const values = new Set<string>();
  for (const run of digitRuns(source)) {
    for (const part of run.parts) values.add(withoutZeros(part.digits));
    // "9 and 18" shows no 918: only what is read as one number is one.
    if (!/\p{L}{2}/u.test(between(source, run)) || run.parts.every(part => part.digits.length === 1))
      values.add(withoutZeros(run.digits));
  }
  for (const figure of figuresIn(source))
    if (figure.kind === 'date' || figure.kind === 'duration')
      for (const form of figure.forms) for (const value of form) values.add(value);
  return values;
}

export function isShown(figure: Figure, known: ReadonlySet<string>): boolean {
  return figure.forms.some(form => form.every(value => known.has(value)));
}

function between(text: string, run: DigitRun): string {
  return run.parts
    .slice(1)
    .map((part, index) => text.slice(run.parts[index]?.end ?? part.start, part.start))
    .join(' ');
}

/** "one" is a pronoun more often than a number, and "oh" a sigh; as a source both still count. */
function isPronoun(text: string, run: DigitRun, part: NumberPart): boolean {
  return run.parts.length <= 2 && /^(?:one|oh)$/iu.test(text.slice(part.start, part.end));
}

function kindOf(text: string, { start, end }: DigitRun): FigureKind {
  const before = text.slice(Math.max(0, start - 20), start);
  const after = text.slice(end, end + 24);
  if (MONEY_BEFORE.test(before) || MONEY_AFTER.test(after)) return 'price';
  if (TIME_AFTER.test(after)) return 'duration';
  return DATE_AROUND.test(before.slice(-12)) || DATE_AROUND.test(after.slice(0, 14)) ? 'date' : 'number';
}
