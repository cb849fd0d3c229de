import { z } from 'zod';

/** Where a worker's record goes, as `/readyz` tells it. */
export const recordFactsSchema = z.object({
  /** `here`: this machine alone. `team`: the team's database is fed too. */
  where: z.enum(['here', 'team']),
  /** Why the team's database has not heard everything yet; `null` when it has, or where there is none. */
  behind: z.string().nullable(),
  /** `pgvector` where the database has the extension; knowledge is searched exactly and in the worker's memory in both cases. */
  vectors: z.enum(['in-process', 'pgvector']),
  /** False where the database's role passes row security by; `null` where there is none. */
  rowSecurity: z.boolean().nullable(),
});
export type RecordFacts = z.infer<typeof recordFactsSchema>;

export const LOCAL_RECORD: RecordFacts = {
  where: 'here',
  behind: null,
  vectors: 'in-process',
  rowSecurity: null,
};
