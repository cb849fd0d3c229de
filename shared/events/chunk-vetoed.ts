import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { verdictSchema } from '#shared/domain/lanes.ts';
import { callEvent } from './envelope.ts';

/** Refused before the caller heard it, by a policy or by a supervisor. */
export const chunkVetoedSchema = callEvent('chunk.vetoed', {
  chunkId: chunkIdSchema,
  by: z.enum(['policy', 'supervisor']),
  /** Policy name, or `supervisor`. */
  policy: z.string(),
  reason: z.string(),
  /** A person with the right may release it, while it can still be said. Absent in older logs: no. */
  overridable: z.boolean().optional(),
  remedy: z.enum(['rephrase', 'offer-human', 'drop']),
  auditId: z.string(),
  verdicts: z.array(verdictSchema),
  judgeMs: z.number().nonnegative(),
  userId: z.string().optional(),
  userName: z.string().optional(),
});
export type ChunkVetoed = z.infer<typeof chunkVetoedSchema>;
