import { z } from 'zod';
import { callIdSchema } from '../domain/ids.ts';
import { RETENTION_PROFILE_NAMES } from '../domain/retention.ts';
import { ERASURE_SCOPES } from '../events/erase-event.ts';

export const retentionProfileSchema = z.enum(RETENTION_PROFILE_NAMES);

/** How long audio and words of an org are kept. */
export const retentionSchema = z.object({
  profile: retentionProfileSchema,
  /** False while the org has not chosen and the worker's own counts. */
  isChosen: z.boolean(),
  profiles: z.array(z.object({ name: retentionProfileSchema, audioDays: z.number(), wordDays: z.number() })),
});
export type ToldRetention = z.infer<typeof retentionSchema>;

/** One call of a person who is looked for. */
export const personCallSchema = z.object({
  callId: callIdSchema,
  displayName: z.string(),
  line: z.string(),
  startedAtMs: z.number(),
  isOpen: z.boolean(),
  legalHold: z.boolean(),
  erased: z.enum(ERASURE_SCOPES).nullable(),
  hasRecording: z.boolean(),
  tickets: z.number().int(),
});
export type PersonCall = z.infer<typeof personCallSchema>;

export const personExportSchema = z.object({ calls: z.number().int(), jsonLines: z.string() });
export const erasureReasonSchema = z.string().trim().min(1).max(500);
export const personErasureSchema = z.object({
  erased: z.number().int(),
  /** Of other systems; they have to be deleted there. */
  ticketsElsewhere: z.array(z.object({ provider: z.string(), ticketId: z.string() })),
});
export const erasedCallsSchema = z.object({ callIds: z.array(callIdSchema) });
