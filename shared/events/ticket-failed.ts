import { z } from 'zod';
import { errorCodeSchema } from '#shared/errors/app-error.ts';
import { callEvent } from './envelope.ts';

/** A try failed. It is repeated after `retryInMs`, or given up when that is `null`. */
export const ticketFailedSchema = callEvent('ticket.failed', {
  requestId: z.string(),
  provider: z.string(),
  code: errorCodeSchema,
  attempts: z.number().int().positive(),
  retryInMs: z.number().nonnegative().nullable(),
});
export type TicketFailed = z.infer<typeof ticketFailedSchema>;
