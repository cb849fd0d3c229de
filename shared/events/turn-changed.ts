import { z } from 'zod';
import { turnStateSchema } from '#shared/domain/turn-state.ts';
import { callEvent } from './envelope.ts';

/** The turn machine moved. */
export const turnChangedSchema = callEvent('turn.changed', {
  from: turnStateSchema,
  to: turnStateSchema,
  /** The input that moved it, such as `silence-timer`. */
  cause: z.string(),
});
export type TurnChanged = z.infer<typeof turnChangedSchema>;
