import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** Who hears whom from now on; confirmed by the media plane. */
export const audibilityChangedSchema = callEvent('audibility.changed', {
  edges: z.array(z.tuple([z.string(), z.string()])),
  /** First sample of the call's mix under the new matrix. */
  sample: z.number().int().nonnegative(),
});
export type AudibilityChanged = z.infer<typeof audibilityChangedSchema>;
