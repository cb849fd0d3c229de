import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The AI has the caller again, unless a person of ours has the call. */
export const callUnparkedSchema = callEvent('call.unparked', {
  cause: z.enum(['not-reached', 'declined', 'colleague-left', 'host-lost']),
});
export type CallUnparked = z.infer<typeof callUnparkedSchema>;
