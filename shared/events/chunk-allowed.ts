import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { verdictSchema } from '#shared/domain/lanes.ts';
import { callEvent } from './envelope.ts';

/** Lane C let the chunk pass unchanged. */
export const chunkAllowedSchema = callEvent('chunk.allowed', {
  chunkId: chunkIdSchema,
  verdicts: z.array(verdictSchema),
  judgeMs: z.number().nonnegative(),
});
export type ChunkAllowed = z.infer<typeof chunkAllowedSchema>;
