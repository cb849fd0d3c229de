import { z } from 'zod';
import { callIdSchema } from './ids.ts';

/** Which calls of the history are asked for. `flagged`: a note on it carries a flag (NOT7). */
export const callFilterSchema = z.enum(['all', 'stopped', 'taken-over', 'cut-off', 'flagged']);
export type CallFilter = z.infer<typeof callFilterSchema>;

/** One call as the history lists it. Times are epoch milliseconds. */
export const listedCallSchema = z.object({
  id: callIdSchema,
  displayName: z.string(),
  line: z.string(),
  channel: z.string(),
  startedAtMs: z.number(),
  connectedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  status: z.string(),
  endReason: z.string().nullable(),
  /** What the caller wanted, as judged last; null when nothing was judged. */
  intent: z.string().nullable(),
  vetoCount: z.number().int().nonnegative(),
  takenOver: z.boolean(),
  recorded: z.boolean(),
});
export type ListedCall = z.infer<typeof listedCallSchema>;

/** A page of the history: newest first, before an instant. */
export const callQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  beforeMs: z.coerce.number().int().positive().default(Number.MAX_SAFE_INTEGER),
  /** Words in the caller's name, the line or anything that was said. */
  query: z.string().max(200).default(''),
  filter: callFilterSchema.default('all'),
});
export type CallQuery = z.output<typeof callQuerySchema>;
