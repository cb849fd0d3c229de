import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The caller spoke over the AI long enough to mean it; AI audio was silenced, then cancelled. */
export const interruptionConfirmedSchema = callEvent('interruption.confirmed', {
  /** Confirmed onset to closed output. */
  stopMs: z.number().nonnegative(),
  /** Estimated onset of the caller's speech to closed output. */
  onsetToSilenceMs: z.number().nonnegative(),
});
export type InterruptionConfirmed = z.infer<typeof interruptionConfirmedSchema>;
