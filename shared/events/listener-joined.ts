import type { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** A person listens to the call. */
export const listenerJoinedSchema = callEvent('listener.joined', {
  ...actorShape,
});
export type ListenerJoined = z.infer<typeof listenerJoinedSchema>;
