import type { z } from 'zod';
import { attentionReasonSchema } from '#shared/domain/call.ts';
import { callEvent } from './envelope.ts';

/** The call needs a person. */
export const attentionRaisedSchema = callEvent('attention.raised', {
  reason: attentionReasonSchema,
});
export type AttentionRaised = z.infer<typeof attentionRaisedSchema>;
