import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The caller's turn is over and will be answered. */
export const turnCommittedSchema = callEvent('turn.committed', {
  text: z.string(),
  /** True end of speech to commit. */
  endOfTurnMs: z.number().nonnegative(),
});
export type TurnCommitted = z.infer<typeof turnCommittedSchema>;
