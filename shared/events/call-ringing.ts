import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** A call has reached us and is not answered yet. */
export const callRingingSchema = callEvent('call.ringing', {
  /** Caller's number or identity as the line gives it; `null` when withheld. */
  from: z.string().nullable(),
  /** Name to show; falls back to the number. */
  displayName: z.string(),
  /** Which of our lines was called, such as `Returns`. */
  line: z.string(),
  provider: z.string(),
  /** True for scripted callers: never mistaken for a real person. */
  simulated: z.boolean(),
  scenario: z.string().optional(),
  /** Room of the LiveKit server that carries the call, where one does. */
  room: z.string().optional(),
  /** `Call-ID` of the INVITE of a call by phone, as the carrier and the SIP server know it. */
  sipCallId: z.string().optional(),
});
export type CallRinging = z.infer<typeof callRingingSchema>;
