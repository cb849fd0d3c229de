import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The line or a person asked for a transfer. */
export const callTransferRequestedSchema = callEvent('call.transfer-requested', {
  target: z.string(),
  by: z.enum(['caller', 'ai', 'supervisor', 'line']),
  /** What became of it; `null` while it is open. `uncertain`: nobody can say whether the target has answered. */
  outcome: z.enum(['accepted', 'refused', 'uncertain']).nullable(),
});
export type CallTransferRequested = z.infer<typeof callTransferRequestedSchema>;
