import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The caller pressed one key; during a hush it is not told which. */
export const callDtmfReceivedSchema = callEvent('call.dtmf-received', {
  digit: z.string().regex(/^[0-9*#A-D•]$/u),
});
export type CallDtmfReceived = z.infer<typeof callDtmfReceivedSchema>;
