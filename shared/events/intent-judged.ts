import { z } from 'zod';
import { intentSchema } from '#shared/domain/call.ts';
import { verdictSchema } from '#shared/domain/lanes.ts';
import { callEvent } from './envelope.ts';

/** Lane C judged what the caller wants, and with it which tools may run. */
export const intentJudgedSchema = callEvent('intent.judged', {
  intent: intentSchema,
  confidenceRatio: z.number().min(0).max(1),
  allowedTools: z.array(z.string()),
  verdict: verdictSchema,
});
export type IntentJudged = z.infer<typeof intentJudgedSchema>;
