import type { Journal } from '#shared/adapters/journal.ts';
import type { TicketBook } from '#shared/adapters/ticket-book.ts';
import type { TicketOutbox } from './ticket-outbox.ts';

/**
 * Hands each request to the outbox once its event is on disk (TIC20). A turn only appends the event: from there on nothing of
 * ticketing runs in its way. @returns a function that stops feeding
 */
export function feedOutbox(
  journal: Journal,
  book: TicketBook,
  outbox: TicketOutbox,
  onError: (error: unknown, requestId: string) => void,
): () => void {
  return journal.onEntry(({ position, event }) => {
    if (event.type !== 'ticket.requested') return;
    const { requestId } = event;
    void journal
      .durable(position)
      .then(() => book.ticketRequest(requestId))
      .then(request => {
        if (request) outbox.add(request);
      })
      .catch((error: unknown) => onError(error, requestId));
  });
}
