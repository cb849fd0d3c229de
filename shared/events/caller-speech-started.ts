import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** Voice activity found that the caller began to speak. */
export const callerSpeechStartedSchema = callEvent('caller-speech.started', {
  /** Sample of the caller stream at the onset, 16 kHz. */
  sample: z.number().int().nonnegative(),
});
export type CallerSpeechStarted = z.infer<typeof callerSpeechStartedSchema>;
