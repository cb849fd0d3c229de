import { z } from 'zod';
import { callEvent } from './envelope.ts';

/** The ticket exists at the provider. */
export const ticketCreatedSchema = callEvent('ticket.created', {
  requestId: z.string(),
  ticketId: z.string(),
  provider: z.string(),
  attempts: z.number().int().positive(),
  /** From the request to here. */
  tookMs: z.number().nonnegative(),
});
export type TicketCreated = z.infer<typeof ticketCreatedSchema>;
