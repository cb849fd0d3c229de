import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** The call went back to the AI. */
export const takeoverEndedSchema = callEvent('takeover.ended', {
  ...actorShape,
  cause: z.enum(['hand-back', 'undo', 'step-down', 'lease-lost', 'call-ended']),
  durationMs: z.number().nonnegative(),
  /** What the person typed for the AI during the takeover. */
  notes: z.string(),
});
export type TakeoverEnded = z.infer<typeof takeoverEndedSchema>;
