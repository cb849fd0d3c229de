import type { z } from 'zod';
import { attentionReasonSchema } from '#shared/domain/call.ts';
import { actorShape, callEvent } from './envelope.ts';

/** A person has taken care of it. */
export const attentionClearedSchema = callEvent('attention.cleared', {
  reason: attentionReasonSchema,
  ...actorShape,
});
export type AttentionCleared = z.infer<typeof attentionClearedSchema>;
