import type { TicketBook } from '#shared/adapters/ticket-book.ts';
import type {
  TicketingAdapter,
  TicketingCheckStep,
  TicketingContext,
  TicketQuery,
  TicketWriteContext,
} from '#shared/adapters/ticketing-adapter.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { Ticket, TicketDraft, TicketPatch } from '#shared/domain/ticket.ts';
import { appError } from '#shared/errors/app-error.ts';
import { unknownTicket, untilAborted } from '../ticketing-faults.ts';

export interface LocalTicketingDeps {
  readonly book: TicketBook;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Tickets in the worker's own store: needs no setup, and works without a network (req:T5). */
export class LocalTicketingAdapter implements TicketingAdapter {
  readonly provider = 'local';
  readonly dedupe = { kind: 'server' } as const;
  readonly #deps: LocalTicketingDeps;

  constructor(deps: LocalTicketingDeps) {
    this.#deps = deps;
  }

  async createTicket(
    draft: TicketDraft,
    context: TicketWriteContext,
  ): Promise<{ readonly ticketId: string }> {
    const { book, clock, newId } = this.#deps;
    const ticketId = await untilAborted(
      context.signal,
      book.saveTicket(context.orgId, {
        ticketId: newId(),
        requestId: context.idempotencyKey,
        externalRef: null,
        provider: this.provider,
        draft,
        conversationId: (draft.metadata['conversationId'] ?? null) as CallId | null,
        atMs: clock.now(),
      }),
    );
    return { ticketId };
  }

  async updateTicket(ticketId: string, patch: TicketPatch, context: TicketWriteContext): Promise<void> {
    const { book, clock } = this.#deps;
    const known = await untilAborted(
      context.signal,
      book.updateTicket(context.orgId, ticketId, patch, clock.now()),
    );
    if (!known) throw unknownTicket();
  }

  async searchTickets({ text, limit }: TicketQuery, context: TicketingContext): Promise<readonly Ticket[]> {
    const rows = await untilAborted(context.signal, this.#deps.book.tickets(context.orgId, { text, limit }));
    return rows.map(({ ticketId, subject, status, priority, tags }) => ({
      ticketId,
      subject,
      status,
      priority,
      tags,
    }));
  }

  async addInternalNote(ticketId: string, note: string, context: TicketWriteContext): Promise<void> {
    const { book, clock } = this.#deps;
    const kept = { noteId: context.idempotencyKey, text: note, atMs: clock.now() };
    const known = await untilAborted(context.signal, book.addTicketNote(context.orgId, ticketId, kept));
    if (!known) throw unknownTicket();
  }

  async *check(context: TicketingContext): AsyncGenerator<TicketingCheckStep, void> {
    const { clock } = this.#deps;
    const startedMono = clock.mono();
    const took = (): number => clock.mono() - startedMono;
    try {
      const found = await this.searchTickets({ text: '', limit: 1 }, context);
      const detail = found.length === 0 ? 'The store answers; there is no ticket yet.' : 'The store answers.';
      yield { step: 'search', ok: true, tookMs: took(), detail, code: null };
    } catch {
      const fault = appError(
        'ticketing.unreachable',
        'The store does not answer. Look at the free disk space.',
      );
      yield { step: 'search', ok: false, tookMs: took(), detail: fault.message, code: fault.body.code };
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
