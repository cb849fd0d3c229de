import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** One person has agreed to a tool call, or has refused it. */
export const approvalGivenSchema = callEvent('approval.given', {
  ...actorShape,
  approvalId: z.string(),
  vote: z.enum(['approve', 'refuse']),
});
export type ApprovalGiven = z.infer<typeof approvalGivenSchema>;
