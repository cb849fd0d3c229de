import { z } from 'zod';
import { errorBodySchema } from '#shared/errors/app-error.ts';

/** How this desk's data stands to the worker's. One member, one state (issue: live, catching up, offline since, conflict, refused). */
export const syncStatusSchema = z.object({
  state: z.discriminatedUnion('name', [
    /** Nothing waits, everything is read. */
    z.object({ name: z.literal('live') }),
    z.object({
      name: z.literal('catching-up'),
      done: z.number().int().nonnegative(),
      total: z.number().int().nonnegative(),
    }),
    z.object({ name: z.literal('offline'), sinceMs: z.number() }),
    /** Two people changed the same; `count` open conflicts. */
    z.object({ name: z.literal('conflict'), count: z.number().int().positive() }),
    /** The worker did not take something; it is kept here with the reason. */
    z.object({ name: z.literal('refused'), count: z.number().int().positive() }),
  ]),
  /** Changes of this desk that the worker does not have yet. */
  waiting: z.number().int().nonnegative(),
  /** What waits, oldest first, at most 50. */
  waits: z.array(
    z.object({
      id: z.string(),
      what: z.enum(['knowledge', 'note', 'audit']),
      title: z.string(),
      sinceMs: z.number(),
    }),
  ),
  refused: z.array(
    z.object({ id: z.string(), docId: z.string(), title: z.string(), reason: z.string(), atMs: z.number() }),
  ),
  lastSyncedAtMs: z.number().nullable(),
  lastError: errorBodySchema.extend({ atMs: z.number() }).nullable(),
  nextTryAtMs: z.number().nullable(),
  /** What the desk's own store can do at the moment. */
  store: z.object({
    mode: z.enum(['normal', 'read-only', 'unavailable']),
    /** Why it is not normal, or what was rebuilt; null where nothing is to be said. */
    problem: errorBodySchema.nullable(),
    search: z.enum(['hybrid', 'keywords']),
  }),
});
export type SyncStatus = z.infer<typeof syncStatusSchema>;
