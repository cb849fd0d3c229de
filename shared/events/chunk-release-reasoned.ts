import type { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { releaseReasonSchema } from '#shared/domain/release-reasons.ts';
import { actorShape, callEvent } from './envelope.ts';

/** Why a refused chunk was released; a later event replaces an earlier one. */
export const chunkReleaseReasonedSchema = callEvent('chunk.release-reasoned', {
  ...actorShape,
  /** The chunk that was refused. */
  chunkId: chunkIdSchema,
  reason: releaseReasonSchema,
});
export type ChunkReleaseReasoned = z.infer<typeof chunkReleaseReasonedSchema>;
