import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import type { PolicyFault } from '#shared/domain/policy-faults.ts';
import { mergePolicyDocuments } from '#shared/domain/read-policy-document.ts';
import { openJudging, STANDING_CLOCK } from './judge-speech.ts';
import { compileRules, type GateRules } from '#worker/lanes/control/control-gate.ts';
import type { ToolPermissions } from '#worker/lanes/control/judge-intent.ts';
import type { AskJudge } from '#worker/policies/model-judge.ts';
import { sortPolicies, type SortedPolicies } from '#worker/policies/org-policies.ts';

/** Everything the calls of one org go by, compiled. Never changed: another document makes another one. */
export interface OrgRules extends Pick<
  SortedPolicies,
  'statements' | 'tools' | 'confidence' | 'limits' | 'unasked'
> {
  /** Documents and versions: `calls@2+demo@1`. */
  readonly label: string;
  readonly gate: GateRules;
}

export type RulesAnswer =
  | { readonly ok: true; readonly rules: OrgRules }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };

/** Compiles the documents of one org, or tells why they do not go together. `ask` is null where no model can be asked. */
export function compileDocuments(documents: readonly PolicyDocument[], ask: AskJudge | null): RulesAnswer {
  const merged = mergePolicyDocuments(documents);
  if (!merged.ok) return merged;
  const { phrases, judges, ...rest } = sortPolicies(merged.policies, ask);
  const rules: OrgRules = { ...rest, label: merged.label, gate: compileRules(phrases, judges, merged.label) };
  // No model is asked about fixed sentences while documents are read.
  const faults = unsayable(rules, { ...rules.gate, policies: sortPolicies(merged.policies, null).judges });
  return faults.length > 0 ? { ok: false, faults } : { ok: true, rules };
}

/** Sentences the worker says by itself must pass the rules they stand beside, or they would never be heard (POL26). */
function unsayable({ statements, confidence, limits }: OrgRules, gate: GateRules): readonly PolicyFault[] {
  const sentences: readonly (readonly [path: string, text: string | undefined])[] = [
    ...statements.map(({ name, text }) => [`${name}.text`, text] as const),
    [`${confidence?.name ?? ''}.clarifyText`, confidence?.clarifyText],
    [`${confidence?.name ?? ''}.offerHumanText`, confidence?.offerHumanText],
    [`${limits?.name ?? ''}.wrapUpText`, limits?.wrapUpText],
    [`${limits?.name ?? ''}.endText`, limits?.endText],
    [`${limits?.name ?? ''}.offerText`, limits?.offerText],
  ];
  return sentences.flatMap(([path, text]) => {
    if (text === undefined) return [];
    const judging = openJudging(gate, 'notice', STANDING_CLOCK);
    judging.draft({ text, citations: [], toolFacts: [] });
    judging.end();
    const veto = judging.judged.find(({ outcome }) => outcome.veto !== null)?.outcome.veto;
    return veto
      ? [
          {
            path,
            problem: `is stopped by ${veto.policy}`,
            expected: 'a sentence that the other policies let pass',
          },
        ]
      : [];
  });
}

/** The documents' own tool permissions, or `null` where they say nothing. */
export function permissionsOf({ tools, label }: OrgRules): ToolPermissions | null {
  return tools && { name: tools.name, intents: tools.intents, documentVersion: label };
}

/** Rules of a gate alone, where a call has no documents: benches and tests. */
export function rulesOfGate(gate: GateRules): OrgRules {
  return {
    label: gate.documentVersion ?? '',
    gate,
    statements: [],
    tools: null,
    confidence: null,
    limits: null,
    unasked: [],
  };
}
