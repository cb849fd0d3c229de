import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The process that led the call is gone, and another leads it on. The caller heard nothing of us for `gapMs`. */
export const callResumedSchema = callEvent('call.resumed', {
  /** Id of the host that has it now. */
  host: z.string(),
  /** Time since the newest event of the host before. */
  gapMs: z.number().nonnegative(),
  room: z.string().optional(),
});
export type CallResumed = z.infer<typeof callResumedSchema>;
