import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** First ack: the belt is closed and the epoch raised. No later AI sample reaches the caller. */
export const takeoverFencedSchema = callEvent('takeover.fenced', {
  ...actorShape,
  epoch: z.number().int().nonnegative(),
  /** Last AI sample in the call's mix; -1 when the AI was silent. */
  lastAiSample: z.number().int(),
  fenceMs: z.number().nonnegative(),
});
export type TakeoverFenced = z.infer<typeof takeoverFencedSchema>;
