import { z } from 'zod';
import { INTENTS } from '#shared/domain/call.ts';
import { CHUNK_STATES, chunkOriginSchema, citationSchema, verdictSchema } from '#shared/domain/lanes.ts';

/** Longest text of one turn; spoken, this is about two minutes. */
export const CHAT_TEXT_MAX_CHARS = 2000;

export const chatRequestSchema = z.strictObject({
  /** Goes on with a conversation; absent for a new one. */
  conversationId: z.string().min(1).max(64).optional(),
  text: z.string().trim().min(1).max(CHAT_TEXT_MAX_CHARS),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** One turn of a text conversation, with everything that led to it. */
export const chatAnswerSchema = z.object({
  conversationId: z.string(),
  turnId: z.string(),
  /** What a caller would have heard. */
  text: z.string(),
  intent: z.enum(INTENTS),
  confidenceRatio: z.number(),
  allowedTools: z.array(z.string()),
  /** Every sentence that was drafted, in order; one that the gate refused has no text. */
  sentences: z.array(
    z.object({
      chunkId: z.string(),
      origin: chunkOriginSchema,
      state: z.enum(CHUNK_STATES),
      text: z.string(),
      citations: z.array(citationSchema),
      verdicts: z.array(verdictSchema),
      veto: z.object({ policy: z.string(), reason: z.string() }).nullable(),
    }),
  ),
  tools: z.array(z.object({ tool: z.string(), status: z.string(), latencyMs: z.number() })),
  tookMs: z.number().nonnegative(),
});
export type ChatAnswer = z.infer<typeof chatAnswerSchema>;
