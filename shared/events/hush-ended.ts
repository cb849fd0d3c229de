import { z } from 'zod';
import { hushEndSchema } from '#shared/domain/hush.ts';
import { callEvent } from './envelope.ts';

/** Listeners hear again, and the recording goes on, from `sample` on. */
export const hushEndedSchema = callEvent('hush.ended', {
  cause: hushEndSchema,
  sample: z.number().int().nonnegative(),
  durationMs: z.number().nonnegative(),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
});
export type HushEnded = z.infer<typeof hushEndedSchema>;
