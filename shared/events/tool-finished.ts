import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** One tool call, whatever came of it; also a row in `audit_tool_calls` (req:T8). */
export const toolFinishedSchema = callEvent('tool.finished', {
  auditId: z.string(),
  tool: z.string(),
  status: z.enum(['ok', 'error', 'timeout', 'refused']),
  latencyMs: z.number().nonnegative(),
  requestHash: z.string(),
  responseHash: z.string(),
  redactedRequest: z.string(),
  redactedResponse: z.string(),
});
export type ToolFinished = z.infer<typeof toolFinishedSchema>;
