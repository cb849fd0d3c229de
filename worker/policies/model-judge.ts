import type { PolicyOf } from '#shared/domain/policy-document.ts';
import { ALLOW, type ControlPolicy } from './control-policy.ts';

/** A question to a model about one draft. */
export interface JudgeQuestion {
  readonly model: string;
  /** What the org wants refused, in plain words. */
  readonly instruction: string;
  readonly text: string;
  /** Passages and tool results the draft rests on. */
  readonly sources: readonly string[];
  readonly budgetMs: number;
}

/** Asks a model. Rejects when it is late, unreachable or answers what is no answer; never guesses. */
export type AskJudge = (
  question: JudgeQuestion,
) => Promise<{ readonly refuse: boolean; readonly reason: string }>;

const REASON = /^[a-z][a-z0-9-]{1,39}$/;

/** A policy that a model judges, within its budget; what follows when it fails is the org's choice (POL40-POL42). */
export function createModelJudge(rules: PolicyOf<'model-judge'>, ask: AskJudge): ControlPolicy {
  return {
    name: rules.name,
    budgetMs: rules.budgetMs,
    overridable: rules.overridable,
    onFailure: rules.onFailure,
    judge({ text, origin, citations, toolFacts }) {
      if (rules.exceptOrigins.includes(origin) || !/[\p{L}\p{N}]/u.test(text)) return ALLOW;
      return ask({
        model: rules.model,
        instruction: rules.instruction,
        text,
        sources: [
          ...citations.map(({ quote }) => quote),
          ...toolFacts.map(({ name, value }) => `${name}: ${value}`),
        ],
        budgetMs: rules.budgetMs,
      }).then(({ refuse, reason }) =>
        refuse ? { kind: 'veto', reason: REASON.test(reason) ? reason : 'model-refused' } : ALLOW,
      );
    },
  };
}
