import type { TextSpan } from '#shared/domain/lanes.ts';
import { ALLOW, type ControlPolicy } from './control-policy.ts';
import { digitRuns } from './numbers.ts';

const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const IBAN = /\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b/gu;
/** Order numbers are shorter, phone numbers longer. */
const PHONE_MIN_DIGITS = 9;

/** The AI reads no address, account or phone number aloud unless its source is cited for it. */
export const personalData: ControlPolicy = {
  name: 'personal-data',
  budgetMs: 20,
  overridable: true,
  judge({ text, citations }) {
    const sourced = citations.map(citation => citation.quote).join(' ');
    const found: TextSpan[] = [
      // Looking for the sign first is a tenth of the price.
      ...(text.includes('@') ? text.matchAll(EMAIL) : []),
      ...text.matchAll(IBAN),
    ]
      .filter(match => !sourced.includes(match[0]))
      .map(match => [match.index, match.index + match[0].length]);
    const known = digitRuns(sourced).map(run => run.digits);
    for (const run of digitRuns(text)) {
      const overlaps = found.some(([start, end]) => run.start < end && run.end > start);
      if (run.digits.length >= PHONE_MIN_DIGITS && !known.includes(run.digits) && !overlaps)
        found.push([run.start, run.end]);
    }
    if (found.length === 0) return ALLOW;
    const spans = found.sort((a, b) => a[0] - b[0]);
    return { kind: 'redact', spans, replacement: 'the details on file', reason: 'personal-detail' };
  },
};
