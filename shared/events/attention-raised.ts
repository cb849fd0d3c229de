import { z } from 'zod';
import { attentionReasonSchema } from '#shared/domain/call.ts';
import { callEvent } from './envelope.ts';

/** The call needs a person. */
export const attentionRaisedSchema = callEvent('attention.raised', {
  reason: attentionReasonSchema,
  /** What triggered it, in words of the log; absent where the reason says it all. */
  because: z.string().max(300).optional(),
});
export type AttentionRaised = z.infer<typeof attentionRaisedSchema>;
