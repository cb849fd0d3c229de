import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** Marked for later, at this point of the call. */
export const momentFlaggedSchema = callEvent('moment.flagged', {
  ...actorShape,
  note: z.string(),
});
export type MomentFlagged = z.infer<typeof momentFlaggedSchema>;
