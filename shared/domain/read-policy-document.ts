import { foldLetters } from '#shared/base/fold-letters.ts';
import { phrasePolicyDocumentSchema } from './phrase-policies.ts';
import { policyDocumentSchema, SINGLE_KINDS, type Policy, type PolicyDocument } from './policy-document.ts';
import { faultsOf, type PolicyFault } from './policy-faults.ts';

export type PolicyReading =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };

/**
 * Reads a policy document of any format (POL1, POL2). Format 1 has no `format` and no `name`: it is a list of phrase policies
 * and is called `fallbackName`, after its file. Never throws: what is wrong is an answer with its place.
 */
export function readPolicyDocument(input: unknown, fallbackName: string): PolicyReading {
  const isFirstFormat =
    typeof input === 'object' &&
    input !== null &&
    !Array.isArray(input) &&
    !('format' in input) &&
    !('name' in input);
  const current = isFirstFormat ? fromFirstFormat(input, fallbackName) : { ok: true as const, value: input };
  if (!current.ok) return current;
  const parsed = policyDocumentSchema.safeParse(current.value);
  if (!parsed.success) return { ok: false, faults: faultsOf(current.value, parsed.error.issues) };
  const faults = documentFaults(parsed.data);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, document: parsed.data };
}

function fromFirstFormat(
  input: object,
  name: string,
):
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] } {
  const parsed = phrasePolicyDocumentSchema.safeParse(input);
  if (!parsed.success) return { ok: false, faults: faultsOf(input, parsed.error.issues) };
  const { version, policies } = parsed.data;
  return {
    ok: true,
    value: { format: 2, name, version, policies: policies.map(policy => ({ kind: 'phrases', ...policy })) },
  };
}

/** What a schema cannot say: what fields owe each other. */
function documentFaults({ policies }: PolicyDocument): readonly PolicyFault[] {
  return [
    ...repeats(policies.map((policy, index) => ({ policy, path: `policies[${index}]` }))),
    ...policies.flatMap((policy, index) => policyFaults(policy, `policies[${index}]`)),
  ];
}

interface Placed {
  readonly policy: Policy;
  readonly path: string;
}

/** Two policies of one name, or two of a kind that an org has once. */
function repeats(placed: readonly Placed[]): readonly PolicyFault[] {
  const faults: PolicyFault[] = [];
  placed.forEach(({ policy, path }, index) => {
    const before = placed.slice(0, index);
    const sameName = before.find(other => other.policy.name === policy.name);
    const sameKind = SINGLE_KINDS.includes(policy.kind)
      ? before.find(other => other.policy.kind === policy.kind)
      : undefined;
    if (sameName)
      faults.push({
        path: `${path}.name`,
        problem: `"${policy.name}" is the name of ${sameName.path} too`,
        expected: 'a name of its own, because verdicts are told apart by it',
      });
    else if (sameKind)
      faults.push({
        path: `${path}.kind`,
        problem: `"${policy.kind}" is there already, in ${sameKind.path}`,
        expected: 'at most one policy of this kind',
      });
  });
  return faults;
}

function policyFaults(policy: Policy, path: string): readonly PolicyFault[] {
  switch (policy.kind) {
    case 'phrases':
      return policy.phrases.flatMap((entry, index) =>
        wordless(typeof entry === 'string' ? entry : entry.phrase, `${path}.phrases[${index}]`),
      );
    case 'topics':
      return policy.topics.flatMap((topic, at) =>
        topic.phrases.flatMap((phrase, index) => wordless(phrase, `${path}.topics[${at}].phrases[${index}]`)),
      );
    case 'required-statement': {
      const dues = [policy.withinMs, policy.withinSentences, policy.before].filter(due => due !== undefined);
      const faults: PolicyFault[] = [];
      if (dues.length !== 1)
        faults.push({
          path,
          problem: dues.length === 0 ? 'says no time' : 'says more than one time',
          expected: 'exactly one of withinMs, withinSentences and before',
        });
      if (policy.remedy === 'say' && policy.text === undefined)
        faults.push({
          path: `${path}.text`,
          problem: 'is missing',
          expected: 'the sentence to say, because remedy is "say"',
        });
      if (policy.text !== undefined && !policy.anyOf.some(phrase => mentions(policy.text ?? '', phrase)))
        faults.push({
          path: `${path}.text`,
          problem: 'holds none of the phrases of anyOf',
          expected: 'a sentence after which the statement counts as made',
        });
      return faults;
    }
    case 'confidence':
      return (['intent', 'passages'] as const).flatMap(where =>
        policy[where].clarifyBelowRatio > 0 &&
        policy[where].offerHumanBelowRatio > policy[where].clarifyBelowRatio
          ? [
              {
                path: `${path}.${where}.clarifyBelowRatio`,
                problem: 'is below offerHumanBelowRatio, so the AI never asks again',
                expected: 'a higher ratio than offerHumanBelowRatio, or 0',
              },
            ]
          : [],
      );
    case 'call-limits': {
      const steps = [policy.warnAfterMs, policy.wrapUpAfterMs, policy.endAfterMs].filter(
        ms => ms !== undefined,
      );
      return steps.every((ms, index) => index === 0 || ms > (steps[index - 1] ?? 0))
        ? []
        : [
            {
              path,
              problem: 'its times do not follow each other',
              expected: 'warnAfterMs before wrapUpAfterMs before endAfterMs',
            },
          ];
    }
    default:
      return [];
  }
}

function wordless(phrase: string, path: string): readonly PolicyFault[] {
  return lettersOf(phrase).length >= 2
    ? []
    : [
        {
          path,
          problem: `${JSON.stringify(phrase)} has fewer than two letters`,
          expected: 'a phrase of letters, or every sentence would match',
        },
      ];
}

/** Letters and digits of a text in their plain form: how two writings of a sentence are compared. */
export function lettersOf(text: string): string {
  let out = '';
  for (const point of text) out += foldLetters(point);
  return out.replace(/[^\p{L}\p{N}]/gu, '');
}

/** Whether a text says a phrase, whatever its case and punctuation. */
export function mentions(text: string, phrase: string): boolean {
  return lettersOf(text).includes(lettersOf(phrase));
}

export type PolicyMerge =
  | { readonly ok: true; readonly policies: readonly Policy[]; readonly label: string }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };

/** The policies of all documents of an org together, and the label every verdict carries: `calls@2+demo@1` (POL3, POL4). */
export function mergePolicyDocuments(documents: readonly PolicyDocument[]): PolicyMerge {
  const sorted = [...documents].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const twice = sorted.find((document, index) => sorted[index - 1]?.name === document.name);
  if (twice)
    return {
      ok: false,
      faults: [
        {
          path: 'name',
          problem: `two documents are called "${twice.name}"`,
          expected: 'a name of its own for each',
        },
      ],
    };
  const faults = repeats(
    sorted.flatMap(({ name, policies }) =>
      policies.map((policy, index) => ({ policy, path: `${name}: policies[${index}]` })),
    ),
  );
  if (faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    policies: sorted.flatMap(document => document.policies),
    label: sorted.map(({ name, version }) => `${name}@${version}`).join('+'),
  };
}
