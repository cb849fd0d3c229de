import type { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { withholdCauseSchema } from '#shared/domain/lanes.ts';
import { callEvent } from './envelope.ts';

/** Will never be heard, and why. */
export const chunkWithheldSchema = callEvent('chunk.withheld', {
  chunkId: chunkIdSchema,
  cause: withholdCauseSchema,
});
export type ChunkWithheld = z.infer<typeof chunkWithheldSchema>;
