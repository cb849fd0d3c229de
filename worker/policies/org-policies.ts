import type { PhrasePolicy } from '#shared/domain/phrase-policies.ts';
import type { Policy, PolicyKind, PolicyOf } from '#shared/domain/policy-document.ts';
import type { ControlPolicy } from './control-policy.ts';
import { createGroundedFigures, groundedFigures } from './grounded-figures.ts';
import { createModelJudge, type AskJudge } from './model-judge.ts';
import { createNoCardData, noCardData } from './no-card-data.ts';
import { createPersonalData, personalData } from './personal-data.ts';

/** Policies of an org in the form the gate and the call need them. */
export interface SortedPolicies {
  readonly phrases: readonly PhrasePolicy[];
  readonly judges: readonly ControlPolicy[];
  readonly statements: readonly PolicyOf<'required-statement'>[];
  readonly tools: PolicyOf<'tool-permissions'> | null;
  readonly confidence: PolicyOf<'confidence'> | null;
  readonly limits: PolicyOf<'call-limits'> | null;
  /** Model judges that nobody is there to ask; they are not part of `judges`. */
  readonly unasked: readonly string[];
}

/** Sorts policies by what they govern. What an org does not mention keeps its default: cards, figures and personal data (POL5). */
export function sortPolicies(policies: readonly Policy[], ask: AskJudge | null): SortedPolicies {
  const all = <Kind extends PolicyKind>(kind: Kind): readonly PolicyOf<Kind>[] =>
    policies.filter((policy): policy is PolicyOf<Kind> => policy.kind === kind);
  const one = <Kind extends PolicyKind>(kind: Kind): PolicyOf<Kind> | null => all(kind)[0] ?? null;
  const figures = one('figures');
  const cards = one('card-data');
  const personal = one('personal-data');
  return {
    phrases: [...all('phrases').map(phrasesOf), ...all('topics').map(topicsOf)],
    judges: [
      figures ? createGroundedFigures(figures) : groundedFigures,
      cards ? createNoCardData(cards) : noCardData,
      personal ? createPersonalData(personal) : personalData,
      ...(ask ? all('model-judge').map(policy => createModelJudge(policy, ask)) : []),
    ],
    statements: all('required-statement'),
    tools: one('tool-permissions'),
    confidence: one('confidence'),
    limits: one('call-limits'),
    unasked: ask ? [] : all('model-judge').map(({ name }) => name),
  };
}

function phrasesOf({
  name,
  overridable,
  exceptOrigins,
  reason,
  phrases,
  unless,
}: PolicyOf<'phrases'>): PhrasePolicy {
  return {
    name,
    overridable,
    exceptOrigins,
    phrases: phrases.map(entry =>
      typeof entry === 'string' ? { phrase: entry, reason } : { ...entry, reason: entry.reason ?? reason },
    ),
    unless,
  };
}

function topicsOf({ name, overridable, exceptOrigins, topics }: PolicyOf<'topics'>): PhrasePolicy {
  return {
    name,
    overridable,
    exceptOrigins,
    phrases: topics.flatMap(({ topic, phrases }) => phrases.map(phrase => ({ phrase, reason: topic }))),
    unless: topics.flatMap(({ unless }) => unless),
  };
}
