import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The caller fell silent. */
export const callerSpeechEndedSchema = callEvent('caller-speech.ended', {
  sample: z.number().int().nonnegative(),
  durationMs: z.number().nonnegative(),
});
export type CallerSpeechEnded = z.infer<typeof callerSpeechEndedSchema>;
