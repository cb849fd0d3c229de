import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** A person asked for the call. */
export const takeoverRequestedSchema = callEvent('takeover.requested', {
  ...actorShape,
  commandId: z.string(),
  mode: z.enum(['barge', 'take-over']),
});
export type TakeoverRequested = z.infer<typeof takeoverRequestedSchema>;
