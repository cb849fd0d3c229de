import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { callEvent } from './envelope.ts';

/** Audio of the chunk exists and waits at the belt. */
export const chunkQueuedSchema = callEvent('chunk.queued', {
  chunkId: chunkIdSchema,
  /** Length of the audio, as far as it is known. */
  durationMs: z.number().nonnegative(),
});
export type ChunkQueued = z.infer<typeof chunkQueuedSchema>;
