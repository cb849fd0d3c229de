import { z } from 'zod';
import { callEvent } from './envelope.ts';

/**
 * Holds the place of an event that its reader does not know, so that the call's sequence has no gap. Made by readers, never
 * by a worker.
 */
export const eventUnreadableSchema = callEvent('event.unreadable', {
  /** What the writer called it. */
  ofType: z.string(),
  /** Version of the event format it was written in. */
  ofVersion: z.number(),
});
export type EventUnreadable = z.infer<typeof eventUnreadableSchema>;
