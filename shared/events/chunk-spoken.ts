import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { callEvent } from './envelope.ts';

/** Heard to the end. */
export const chunkSpokenSchema = callEvent('chunk.spoken', {
  chunkId: chunkIdSchema,
  heardMs: z.number().nonnegative(),
});
export type ChunkSpoken = z.infer<typeof chunkSpokenSchema>;
