import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { withholdCauseSchema } from '#shared/domain/lanes.ts';
import { callEvent } from './envelope.ts';

/** Cut while it was heard; the history keeps `heardText` only. */
export const chunkInterruptedSchema = callEvent('chunk.interrupted', {
  chunkId: chunkIdSchema,
  heardMs: z.number().nonnegative(),
  heardText: z.string(),
  cause: withholdCauseSchema,
});
export type ChunkInterrupted = z.infer<typeof chunkInterruptedSchema>;
