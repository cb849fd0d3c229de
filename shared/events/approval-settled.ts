import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** What came of a tool call that needed two people. Only `approved` ran. */
export const approvalSettledSchema = callEvent('approval.settled', {
  approvalId: z.string(),
  outcome: z.enum(['approved', 'refused', 'expired', 'call-ended']),
});
export type ApprovalSettled = z.infer<typeof approvalSettledSchema>;
