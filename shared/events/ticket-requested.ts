import { z } from 'zod';
import { ticketOperationSchema } from '#shared/domain/ticket.ts';
import { callEvent } from './envelope.ts';

/** The AI wants something of the ticket system; also a row of the outbox, in the same transaction (TIC20). */
export const ticketRequestedSchema = callEvent('ticket.requested', {
  requestId: z.string().min(1).max(64),
  operation: ticketOperationSchema,
});
export type TicketRequested = z.infer<typeof ticketRequestedSchema>;
