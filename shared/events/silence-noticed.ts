import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** Nobody has spoken for a while. */
export const silenceNoticedSchema = callEvent('silence.noticed', {
  silenceMs: z.number().nonnegative(),
});
export type SilenceNoticed = z.infer<typeof silenceNoticedSchema>;
