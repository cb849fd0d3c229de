import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** Second ack: the mixer has no edge from AI to caller, and the human edge opens at a named sample. */
export const takeoverLiveSchema = callEvent('takeover.live', {
  ...actorShape,
  firstHumanSample: z.number().int().nonnegative(),
  liveMs: z.number().nonnegative(),
});
export type TakeoverLive = z.infer<typeof takeoverLiveSchema>;
