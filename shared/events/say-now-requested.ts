import { z } from 'zod';
import { chunkIdSchema } from '#shared/domain/ids.ts';
import { actorShape, callEvent } from './envelope.ts';

/** A supervisor asked the AI to say a sentence now. It passes the gate like any other. */
export const sayNowRequestedSchema = callEvent('say-now.requested', {
  ...actorShape,
  text: z.string(),
  chunkId: chunkIdSchema,
});
export type SayNowRequested = z.infer<typeof sayNowRequestedSchema>;
