import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { chunkOriginSchema, citationSchema, laneSchema } from '#shared/domain/lanes.ts';
import { callEvent } from './envelope.ts';

/** A piece of AI speech exists as text. Nobody has heard it. */
export const chunkDraftedSchema = callEvent('chunk.drafted', {
  chunkId: chunkIdSchema,
  /** Rises with every cut of the AI's speech; frames of an older epoch are never audible. */
  epoch: z.number().int().nonnegative(),
  lane: laneSchema,
  origin: chunkOriginSchema,
  text: z.string(),
  citations: z.array(citationSchema),
  /** Whispered notes that shaped it. */
  noteIds: z.array(z.string()),
  /** Set while it is not known whether the caller's turn will have these words: see `speculation.ended`. */
  hypothesisId: z.string().optional(),
  /** The refused chunk whose words these are, when a supervisor released it. */
  overrules: chunkIdSchema.optional(),
});
export type ChunkDrafted = z.infer<typeof chunkDraftedSchema>;
