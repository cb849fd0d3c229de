import { z } from 'zod';
import { hushCauseSchema } from '#shared/domain/hush.ts';
import { callEvent } from './envelope.ts';

/** From `sample` on the recording is silent, no listener hears anything, and no words of the caller are written down. */
export const hushStartedSchema = callEvent('hush.started', {
  cause: hushCauseSchema,
  sample: z.number().int().nonnegative(),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
});
export type HushStarted = z.infer<typeof hushStartedSchema>;
