import { policySchema, type PolicyOf } from '#shared/domain/policy-document.ts';
import { ALLOW, type ControlPolicy } from './control-policy.ts';
import { digitRuns, holdsCardNumber } from './numbers.ts';

/** The AI never says a card number, written or spoken digit by digit. Nobody may release one. */
export function createNoCardData(rules: PolicyOf<'card-data'>): ControlPolicy {
  return {
    name: rules.name,
    budgetMs: 20,
    overridable: false,
    judge({ text }) {
      const spans = digitRuns(text)
        .filter(run => holdsCardNumber(run.digits))
        .map(run => [run.start, run.end] as const);
      if (spans.length === 0) return ALLOW;
      return rules.action === 'veto'
        ? { kind: 'veto', reason: 'card-number' }
        : { kind: 'redact', spans, replacement: rules.replacement, reason: 'card-number' };
    },
  };
}

/** What holds where an org says nothing of cards. */
export const noCardData: ControlPolicy = createNoCardData(
  policySchema.parse({ kind: 'card-data' }) as PolicyOf<'card-data'>,
);
