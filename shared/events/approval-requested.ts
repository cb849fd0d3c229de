import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** A tool that needs two people waits for them. Everybody sees this redacted payload, and approves it by its hash. */
export const approvalRequestedSchema = callEvent('approval.requested', {
  approvalId: z.string(),
  tool: z.string(),
  requestHash: z.string(),
  redactedRequest: z.string(),
  /** How many different people have to agree. */
  needs: z.number().int().positive(),
  expiresInMs: z.number().positive(),
});
export type ApprovalRequested = z.infer<typeof approvalRequestedSchema>;
