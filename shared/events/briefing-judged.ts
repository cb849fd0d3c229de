import { z } from 'zod';
import { verdictSchema } from '#shared/domain/lanes.ts';
import { callEvent } from './envelope.ts';

/** A sentence for a colleague who is told of the call before they get it. The caller never hears it. */
export const briefingJudgedSchema = callEvent('briefing.judged', {
  briefingId: z.string(),
  /** What may be said; of a refused sentence, what was to be said. */
  text: z.string(),
  decision: z.enum(['allow', 'redact', 'veto']),
  /** The policy that refused it and why; null unless vetoed. */
  veto: z.object({ policy: z.string(), reason: z.string() }).nullable(),
  verdicts: z.array(verdictSchema),
  judgeMs: z.number().nonnegative(),
});
export type BriefingJudged = z.infer<typeof briefingJudgedSchema>;
