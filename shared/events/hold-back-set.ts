import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** How long answers of this call wait before they are released, from the next one on. Null: as the organisation has it. */
export const holdBackSetSchema = callEvent('hold-back.set', {
  ...actorShape,
  holdBackMs: z.number().int().nonnegative().nullable(),
});
export type HoldBackSet = z.infer<typeof holdBackSetSchema>;
