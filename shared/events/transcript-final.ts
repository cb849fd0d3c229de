import { z } from 'zod';
import { epochMsSchema } from '#shared/domain/units.ts';
import { callEvent } from './envelope.ts';

/** Words of the caller that will not change any more. Card numbers are already replaced. */
export const transcriptFinalSchema = callEvent('transcript.final', {
  speaker: z.literal('caller'),
  text: z.string(),
  startedAtMs: epochMsSchema,
  endedAtMs: epochMsSchema,
  /** How many spans were replaced before this event existed. */
  redactionCount: z.number().int().nonnegative(),
});
export type TranscriptFinal = z.infer<typeof transcriptFinalSchema>;
