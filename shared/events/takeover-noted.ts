import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** The person who has the call typed something for the AI; it reads that with `takeover.ended`, when it has the call again. */
export const takeoverNotedSchema = callEvent('takeover.noted', { ...actorShape, text: z.string() });
export type TakeoverNoted = z.infer<typeof takeoverNotedSchema>;
