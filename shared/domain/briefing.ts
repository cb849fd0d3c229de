import { z } from 'zod';

/**
 * How a colleague's briefing ended. `no-decision`: they picked up and said neither yes nor no in time, as a mailbox does;
 * `caller-left`: there was nobody any more to give them.
 */
export const briefingOutcomeSchema = z.enum([
  'accepted',
  'declined',
  'hung-up',
  'no-decision',
  'caller-left',
  'line-failed',
]);
export type BriefingOutcome = z.infer<typeof briefingOutcomeSchema>;

/** What a colleague presses. */
export const BRIEFING_KEYS = { accept: '1', decline: '2' } as const;
