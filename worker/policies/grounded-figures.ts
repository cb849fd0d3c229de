import { ALLOW, type ControlPolicy } from './control-policy.ts';
import { digitRuns } from './numbers.ts';

/** Words that state a day or a sum as a figure would. "may" and "second" are ordinary words too often to count. */
const DATE_WORDS =
  /\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:january|february|april|june|july|august|september|october|november|december)\b|\b(?:tomorrow|tonight)\b|\b(?:hundred|thousand|million)\b/giu;

/** What we call ourselves to have said: speech whose words Lane B chose. Fixed sentences have no figures to prove. */
const JUDGED_ORIGINS: ReadonlySet<string> = new Set(['reply', 'rephrase']);

/** Numbers, prices, dates and durations must stand in a cited passage or a tool result of the same sentence. */
export const groundedFigures: ControlPolicy = {
  name: 'grounded-figures',
  budgetMs: 20,
  overridable: true,
  judge({ text, origin, citations, toolFacts }) {
    if (!JUDGED_ORIGINS.has(origin)) return ALLOW;
    const sourced = [...citations.map(citation => citation.quote), ...toolFacts.map(fact => fact.value)].join(
      ' \n ',
    );
    const figures = figuresOf(text);
    if (figures.length === 0) return ALLOW;
    const known = new Set(figuresOf(sourced, true));
    return figures.every(figure => known.has(figure)) ? ALLOW : { kind: 'veto', reason: 'no-citation' };
  },
};

/** Figures in a comparable form: digits without leading zeros, day and month words in lower case. */
function figuresOf(text: string, all = false): readonly string[] {
  const numbers = digitRuns(text)
    // "one" is a pronoun more often than a number; as a source it still counts.
    .filter(run => all || !/^one$/iu.test(text.slice(run.start, run.end)))
    .map(run => run.digits.replace(/^0+(?=\d)/, ''));
  const words = [...text.matchAll(DATE_WORDS)].map(match => match[0].toLowerCase());
  return [...numbers, ...words];
}
