import { z } from 'zod';
import { lineDirectionSchema } from '#shared/domain/call-quality.ts';
import { callEvent } from './envelope.ts';

/** How one direction of the line was. */
export const qualityMeasuredSchema = callEvent('quality.measured', {
  direction: lineDirectionSchema,
  /** What was measured: the worker's own connection, not what lies behind it. */
  scope: z.literal('webrtc-side'),
  /** The time it is about, up to the event. */
  windowMs: z.number().positive(),
  lossRatio: z.number().min(0).max(1),
  jitterMs: z.number().nonnegative(),
  roundTripMs: z.number().nonnegative(),
  /** Wait in our jitter buffer; `null` where the buffer is the other side's. */
  bufferMs: z.number().nonnegative().nullable(),
  /** Estimated mean opinion score, from the fields above. */
  mos: z.number().min(1).max(4.5),
});
export type QualityMeasured = z.infer<typeof qualityMeasuredSchema>;
