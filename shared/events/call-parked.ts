import { z } from 'zod';
import { parkedWithSchema } from '../domain/parked.ts';
import { callEvent } from './envelope.ts';

/** The line has the caller, and the AI is silent: on hold while somebody is called, or while they are told of the call, or
 * with the colleague who has picked up. */
export const callParkedSchema = callEvent('call.parked', {
  with: parkedWithSchema,
  target: z.string(),
});
export type CallParked = z.infer<typeof callParkedSchema>;
