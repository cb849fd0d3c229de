import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The line or a person asked for a transfer. */
export const callTransferRequestedSchema = callEvent('call.transfer-requested', {
  target: z.string(),
  by: z.enum(['caller', 'ai', 'supervisor', 'line']),
  /** The person who asked, where one did. */
  userId: z.string().optional(),
  userName: z.string().optional(),
  /** What became of it; `null` while it is open. `uncertain`: nobody can say whether the target has answered. */
  outcome: z.enum(['accepted', 'refused', 'uncertain']).nullable(),
  /** Error code of a refusal. */
  code: z.string().optional(),
});
export type CallTransferRequested = z.infer<typeof callTransferRequestedSchema>;
