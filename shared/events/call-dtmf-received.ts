import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The caller pressed one key. */
export const callDtmfReceivedSchema = callEvent('call.dtmf-received', {
  digit: z.string().regex(/^[0-9*#A-D]$/),
});
export type CallDtmfReceived = z.infer<typeof callDtmfReceivedSchema>;
