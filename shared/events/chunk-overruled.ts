import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { actorShape, callEvent } from './envelope.ts';

/**
 * A supervisor released what Lane C refused. The chunk itself stays refused: its text is drafted and judged again in chunks that
 * name it (`overrules`), with the vetoes of `policies` set aside and every other policy in force.
 */
export const chunkOverruledSchema = callEvent('chunk.overruled', {
  ...actorShape,
  chunkId: chunkIdSchema,
  /** Overridable policies only. */
  policies: z.array(z.string()).min(1),
});
export type ChunkOverruled = z.infer<typeof chunkOverruledSchema>;
