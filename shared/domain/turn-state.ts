import { z } from 'zod';

/**
 * The eight states of a turn (req:L8). AI audio exists only in SPEAKING, or in THINKING while one Lane A clip is on air.
 */
export const TURN_STATES = [
  'IDLE',
  'LISTENING',
  'USER_SPEAKING',
  'USER_PAUSED',
  'THINKING',
  'SPEAKING',
  'INTERRUPTED',
  'ENDING',
] as const;
export const turnStateSchema = z.enum(TURN_STATES);
export type TurnStateName = z.infer<typeof turnStateSchema>;
