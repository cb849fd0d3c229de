import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** We sent keys to the line. */
export const callDtmfSentSchema = callEvent('call.dtmf-sent', {
  digits: z.string(),
});
export type CallDtmfSent = z.infer<typeof callDtmfSentSchema>;
