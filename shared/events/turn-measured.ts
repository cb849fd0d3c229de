import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** Where the time of one answer went. Milliseconds; `null` where the stage did not happen. */
export const turnMeasuredSchema = callEvent('turn.measured', {
  endOfTurnMs: z.number().nonnegative().nullable(),
  retrievalMs: z.number().nonnegative().nullable(),
  modelMs: z.number().nonnegative().nullable(),
  gateMs: z.number().nonnegative().nullable(),
  holdBackMs: z.number().nonnegative().nullable(),
  voiceMs: z.number().nonnegative().nullable(),
  /** True end of the caller's speech to the first audible sample of Lane B. */
  firstAudioMs: z.number().nonnegative().nullable(),
  /** The same for Lane A. */
  reflexAudioMs: z.number().nonnegative().nullable(),
});
export type TurnMeasured = z.infer<typeof turnMeasuredSchema>;
