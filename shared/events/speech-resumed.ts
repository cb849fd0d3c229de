import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The hold is over. */
export const speechResumedSchema = callEvent('speech.resumed', {
  heldMs: z.number().nonnegative(),
  cause: z.enum(['asked', 'held-too-long', 'taken-over', 'parked', 'call-ended']),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
});
export type SpeechResumed = z.infer<typeof speechResumedSchema>;
