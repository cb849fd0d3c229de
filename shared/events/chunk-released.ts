import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { epochMsSchema } from '#shared/domain/units.ts';
import { callEvent } from './envelope.ts';

/** May be synthesised now. The only way to a voice. */
export const chunkReleasedSchema = callEvent('chunk.released', {
  chunkId: chunkIdSchema,
  /** The text that will be spoken, after redaction. */
  text: z.string(),
  /** Expected time until the first sample is heard. */
  leadMs: z.number().nonnegative(),
  /** The verdict that let it pass, and when that verdict was on disk. Absent in older logs. */
  verdictSeq: z.number().int().nonnegative().optional(),
  durableAtMs: epochMsSchema.optional(),
});
export type ChunkReleased = z.infer<typeof chunkReleasedSchema>;
