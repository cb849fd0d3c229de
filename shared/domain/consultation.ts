import { z } from 'zod';
import { callIdSchema } from './ids.ts';
import { consultationTypeSchema } from './rooms.ts';

/** A caller's visit to a room of ours (req:M12), times in milliseconds since 1970. */
export const consultationSchema = z.object({
  /** Also the call's. */
  id: callIdSchema,
  roomName: z.string(),
  type: consultationTypeSchema,
  customerId: z.string().nullable(),
  agentId: z.string().nullable(),
  partnerId: z.string().nullable(),
  quoteId: z.string().nullable(),
  claimId: z.string().nullable(),
  aiHandled: z.boolean(),
  /** A person of ours has spoken instead of the AI. */
  escalatedToHuman: z.boolean(),
  startedAtMs: z.number().int().nullable(),
  endedAtMs: z.number().int().nullable(),
  durationSeconds: z.number().int().nullable(),
  recordingUrl: z.string().nullable(),
  transcript: z.string().nullable(),
  aiSummary: z.string().nullable(),
  agentNotes: z.string().nullable(),
  customerRating: z.number().int().min(1).max(5).nullable(),
  createdAtMs: z.number().int(),
  archived: z.boolean(),
});
export type ConsultationRow = z.infer<typeof consultationSchema>;

export const consultationQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Only those made before; pages go backwards in time. */
  beforeMs: z.coerce.number().int().positive().default(Number.MAX_SAFE_INTEGER),
  archived: z.enum(['no', 'yes', 'all']).default('no'),
});
export type ConsultationQuery = z.infer<typeof consultationQuerySchema>;
