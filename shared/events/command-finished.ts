import { z } from 'zod';
import { actorShape, callEvent } from './envelope.ts';

/** A supervision command was carried out or refused; the audit trail of people. */
export const commandFinishedSchema = callEvent('command.finished', {
  ...actorShape,
  commandId: z.string(),
  verb: z.string(),
  outcome: z.enum(['done', 'refused', 'denied']),
  /** Error code of a refusal. */
  code: z.string().nullable(),
  tookMs: z.number().nonnegative(),
});
export type CommandFinished = z.infer<typeof commandFinishedSchema>;
