import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { verdictSchema } from '#shared/domain/lanes.ts';
import { callEvent } from './envelope.ts';

/** Lane C lets the chunk pass with parts replaced. */
export const chunkRedactedSchema = callEvent('chunk.redacted', {
  chunkId: chunkIdSchema,
  text: z.string(),
  verdicts: z.array(verdictSchema),
  judgeMs: z.number().nonnegative(),
});
export type ChunkRedacted = z.infer<typeof chunkRedactedSchema>;
