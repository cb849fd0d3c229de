import { z } from 'zod';
import { callEventSchema, type CallEvent } from './call-event.ts';
import { envelopeShape, EVENT_VERSION } from './envelope.ts';

/** What every version of an event has had and will have. */
const anyEventSchema = z.object({ ...envelopeShape, v: z.number(), type: z.string().max(200) });

/**
 * Reads an event that a program of another version may have written. One that is not known comes back as `event.unreadable`
 * with its place in the sequence, so that everything around it can be shown (DAY20); `null` is no event at all.
 */
export function readCallEvent(input: unknown): CallEvent | null {
  const known = callEventSchema.safeParse(input);
  if (known.success) return known.data;
  const any = anyEventSchema.safeParse(input);
  if (!any.success) return null;
  const { type: ofType, v: ofVersion, ...envelope } = any.data;
  return { ...envelope, v: EVENT_VERSION, type: 'event.unreadable', ofType, ofVersion };
}
