import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { callEvent } from './envelope.ts';

/** The first sample of the chunk is on its way to the caller. */
export const chunkSpeakingSchema = callEvent('chunk.speaking', {
  chunkId: chunkIdSchema,
  /** Expected length of the audio. */
  durationMs: z.number().nonnegative(),
});
export type ChunkSpeaking = z.infer<typeof chunkSpeakingSchema>;
