import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** A sound over the AI that was no interruption: the AI was ducked and came back. */
export const interruptionDismissedSchema = callEvent('interruption.dismissed', {
  duckedMs: z.number().nonnegative(),
});
export type InterruptionDismissed = z.infer<typeof interruptionDismissedSchema>;
