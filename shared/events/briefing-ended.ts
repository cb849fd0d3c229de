import { z } from 'zod';
import { briefingOutcomeSchema } from '#shared/domain/briefing.ts';
import { callEvent } from './envelope.ts';

/** What the colleague made of the call they were told of. */
export const briefingEndedSchema = callEvent('briefing.ended', {
  briefingId: z.string(),
  target: z.string(),
  outcome: briefingOutcomeSchema,
});
export type BriefingEnded = z.infer<typeof briefingEndedSchema>;
