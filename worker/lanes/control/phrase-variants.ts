import { digitRuns, type DigitRun } from '#worker/policies/numbers.ts';

const MAX_VARIANTS = 64;
const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** A whole number below a million in words. */
export function spell(value: number): string {
  if (value < 20) return ONES[value] ?? '';
  if (value < 100)
    return [TENS[Math.floor(value / 10)], value % 10 === 0 ? '' : ONES[value % 10]].join(' ').trim();
  if (value < 1000) return joined(`${spell(Math.floor(value / 100))} hundred`, value % 100);
  return joined(`${spell(Math.floor(value / 1000))} thousand`, value % 1000);
}

const joined = (head: string, rest: number): string => (rest === 0 ? head : `${head} ${spell(rest)}`);

/**
 * A phrase with each of its numbers in every way it may be written or said: "100 percent" is also "one hundred percent",
 * "a hundred percent" and "one zero zero percent". The phrase itself comes first; a phrase without numbers is alone.
 */
export function phraseVariants(phrase: string): readonly string[] {
  let variants: string[] = [''];
  let at = 0;
  for (const run of digitRuns(phrase)) {
    const forms = formsOf(phrase, run);
    variants = variants
      .flatMap(head => forms.map(form => head + phrase.slice(at, run.start) + form))
      .slice(0, MAX_VARIANTS);
    at = run.end;
  }
  return [...new Set(variants.map(head => head + phrase.slice(at)))];
}

function formsOf(phrase: string, run: DigitRun): readonly string[] {
  const own = phrase.slice(run.start, run.end);
  // "one" alone is a pronoun; "no one" must not forbid "no 1" and every other "1".
  if (/^one$/iu.test(own) || run.digits.length > 9) return [own];
  const singly = [...run.digits].map(digit => ONES[Number(digit)] ?? '').join(' ');
  const forms = [own, run.digits, singly];
  const value = Number(run.digits);
  if (!run.digits.startsWith('0') && value < 1_000_000) {
    const words = spell(value);
    forms.push(words, words.replace(/hundred (?=\w)/u, 'hundred and '));
    if (/^one (?:hundred|thousand)/u.test(words))
      forms.push(words.replace(/^one /u, 'a '), words.replace(/^one /u, ''));
  }
  return [...new Set(forms)];
}
