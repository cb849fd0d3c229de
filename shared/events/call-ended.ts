import { z } from 'zod';
import { callEndReasonSchema } from '#shared/domain/call.ts';
import { callEvent } from './envelope.ts';

/** The call is over. Exactly one per call, and nothing follows it. */
export const callEndedSchema = callEvent('call.ended', {
  reason: callEndReasonSchema,
  /** Error code of a failed line. */
  code: z.string().optional(),
  durationMs: z.number().nonnegative(),
});
export type CallEnded = z.infer<typeof callEndedSchema>;
