import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** A person stopped listening. */
export const listenerLeftSchema = callEvent('listener.left', {
  ...actorShape,
  cause: z.enum(['asked', 'connection-lost', 'call-ended']),
});
export type ListenerLeft = z.infer<typeof listenerLeftSchema>;
