import { policySchema, type PolicyOf } from '#shared/domain/policy-document.ts';
import { ALLOW, type ControlPolicy } from './control-policy.ts';
import { figuresIn, isShown, valuesIn } from './figures.ts';

/** Numbers, prices, dates and durations must stand in a cited passage or a tool result of the same sentence (POL10-POL13). */
export function createGroundedFigures(rules: PolicyOf<'figures'>): ControlPolicy {
  const exempt = rules.exempt.map(
    piece =>
      new RegExp(
        piece
          .trim()
          .split(/\s+/u)
          .map(escape)
          .join(String.raw`\s+`),
        'giu',
      ),
  );
  return {
    name: rules.name,
    budgetMs: 20,
    overridable: rules.overridable,
    judge({ text, origin, citations, toolFacts }) {
      if (rules.action === 'off' || !rules.origins.includes(origin)) return ALLOW;
      const excused = exempt.flatMap(pattern =>
        [...text.matchAll(pattern)].map(match => [match.index, match.index + match[0].length] as const),
      );
      const figures = figuresIn(text).filter(
        ({ kind, forms, start, end }) =>
          rules.check.includes(kind) &&
          !(kind !== 'price' && forms.at(-1)?.every(value => Number(value) <= rules.upTo)) &&
          !excused.some(([from, to]) => from <= start && end <= to),
      );
      if (figures.length === 0) return ALLOW;
      const known = valuesIn(
        [...citations.map(citation => citation.quote), ...toolFacts.map(fact => fact.value)].join(' \n ! '),
      );
      const unproven = figures.filter(figure => !isShown(figure, known));
      if (unproven.length === 0) return ALLOW;
      const spans = unproven.map(({ start, end }) => [start, end] as const);
      return rules.action === 'veto'
        ? { kind: 'veto', reason: 'no-citation', spans }
        : { kind: 'redact', spans, replacement: rules.replacement, reason: 'no-citation' };
    },
  };
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);

/** What holds where an org says nothing of figures. */
export const groundedFigures: ControlPolicy = createGroundedFigures(
  policySchema.parse({ kind: 'figures' }) as PolicyOf<'figures'>,
);
