import type { ReplyRequest } from '#shared/adapters/reply-model.ts';
import type { PolicyOf } from '#shared/domain/policy-document.ts';

export type ConfidenceAnswer =
  { readonly kind: 'answer' } | { readonly kind: 'clarify' | 'offer-human'; readonly text: string };

/**
 * Whether the AI is sure enough to answer (POL58). The reading of the caller counts where an intent was read; how well the best
 * passage fits counts where no tool answered and there are passages. Without either there is nothing to be unsure of.
 */
export function judgeConfidence(
  rules: PolicyOf<'confidence'> | null,
  {
    intent,
    confidenceRatio,
    hits,
    tools,
  }: Pick<ReplyRequest, 'intent' | 'hits' | 'tools' | 'confidenceRatio'>,
): ConfidenceAnswer {
  if (!rules) return { kind: 'answer' };
  const reading = intent === 'UNKNOWN' || intent === 'TRANSFER_HUMAN' ? 1 : (confidenceRatio ?? 1);
  const answered = tools.some(tool => tool.status === 'ok');
  const fit = answered || hits.length === 0 ? 1 : Math.max(...hits.map(hit => hit.scoreRatio));
  if (reading < rules.intent.offerHumanBelowRatio || fit < rules.passages.offerHumanBelowRatio)
    return { kind: 'offer-human', text: rules.offerHumanText };
  if (reading < rules.intent.clarifyBelowRatio || fit < rules.passages.clarifyBelowRatio)
    return { kind: 'clarify', text: rules.clarifyText };
  return { kind: 'answer' };
}
