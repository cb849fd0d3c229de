import { ALLOW, type ControlPolicy } from './control-policy.ts';
import { digitRuns, holdsCardNumber } from './numbers.ts';

/** The AI never says a card number, written or spoken digit by digit. */
export const noCardData: ControlPolicy = {
  name: 'no-card-data',
  budgetMs: 20,
  overridable: false,
  judge({ text }) {
    const spans = digitRuns(text)
      .filter(run => holdsCardNumber(run.digits))
      .map(run => [run.start, run.end] as const);
    return spans.length === 0
      ? ALLOW
      : { kind: 'redact', spans, replacement: 'the card number', reason: 'card-number' };
  },
};
