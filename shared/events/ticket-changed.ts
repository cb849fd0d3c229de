import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** An update or an internal note has reached the provider. */
export const ticketChangedSchema = callEvent('ticket.changed', {
  requestId: z.string(),
  ticketId: z.string(),
  provider: z.string(),
  attempts: z.number().int().positive(),
  tookMs: z.number().nonnegative(),
});
export type TicketChanged = z.infer<typeof ticketChangedSchema>;
