import { policySchema, type PolicyOf } from '#shared/domain/policy-document.ts';
import { ALLOW, type ControlPolicy } from './control-policy.ts';
import { findPersonalData } from './find-personal-data.ts';

/** The AI reads no address, account or number of a person aloud unless its source is cited for it (POL14, POL15). */
export function createPersonalData(rules: PolicyOf<'personal-data'>): ControlPolicy {
  return {
    name: rules.name,
    budgetMs: 20,
    overridable: rules.overridable,
    judge({ text, citations, toolFacts }) {
      const found = findPersonalData(text, rules.phoneMinDigits).filter(
        ({ kind }) => rules[kind] !== 'allow',
      );
      if (found.length === 0) return ALLOW;
      const sourced = new Set(
        rules.unlessSourced
          ? [...citations.map(citation => citation.quote), ...toolFacts.map(fact => fact.value)].flatMap(
              source => findPersonalData(source, rules.phoneMinDigits).map(({ key }) => key),
            )
          : [],
      );
      const unsourced = found.filter(({ key }) => !sourced.has(key));
      if (unsourced.length === 0) return ALLOW;
      if (unsourced.some(({ kind }) => rules[kind] === 'veto'))
        return { kind: 'veto', reason: 'personal-detail' };
      return {
        kind: 'redact',
        spans: unsourced.map(({ start, end }) => [start, end] as const),
        replacement: rules.replacement,
        reason: 'personal-detail',
      };
    },
  };
}

/** What holds where an org says nothing of personal data. */
export const personalData: ControlPolicy = createPersonalData(
  policySchema.parse({ kind: 'personal-data' }) as PolicyOf<'personal-data'>,
);
