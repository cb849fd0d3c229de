import type { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { callEvent } from './envelope.ts';

/** Judged and kept back because a supervisor holds the AI. */
export const chunkHeldSchema = callEvent('chunk.held', {
  chunkId: chunkIdSchema,
});
export type ChunkHeld = z.infer<typeof chunkHeldSchema>;
