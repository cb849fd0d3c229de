import { z } from 'zod';
import { callIdSchema, chunkIdSchema } from '#shared/domain/ids.ts';

/** Short-lived signals: shown, never persisted, lost without harm. */
export const noticeSchema = z.discriminatedUnion('type', [
  /** Words that may still change. Card numbers are already replaced. Empty text clears. */
  z.object({
    type: z.literal('transcript.partial'),
    callId: callIdSchema,
    speaker: z.enum(['caller']),
    text: z.string(),
  }),
  /** Peak levels of the last 100 ms, 0 to 1. */
  z.object({
    type: z.literal('levels'),
    callId: callIdSchema,
    caller: z.number(),
    ai: z.number(),
    human: z.number(),
  }),
  /** The next chunk that can still be stopped, and how long until it sounds. `chunkId` null: nothing is waiting. */
  z.object({
    type: z.literal('next-utterance'),
    callId: callIdSchema,
    chunkId: chunkIdSchema.nullable(),
    text: z.string(),
    state: z.enum(['drafted', 'allowed', 'redacted', 'held', 'released', 'queued']).nullable(),
    leadMs: z.number().nonnegative(),
    held: z.boolean(),
  }),
  /** How much of a sounding chunk has been heard, in UTF-16 code units. */
  z.object({
    type: z.literal('heard'),
    callId: callIdSchema,
    chunkId: chunkIdSchema,
    chars: z.number().int().nonnegative(),
  }),
]);
export type Notice = z.infer<typeof noticeSchema>;
