import type { OrgId } from '#shared/domain/ids.ts';
import type { Ticket, TicketDraft, TicketPatch } from '#shared/domain/ticket.ts';
import type { ErrorCode } from '#shared/errors/app-error.ts';

/** For whom and how long. Aborting ends the call with `ticketing.timeout`; what the server does then is not known. */
export interface TicketingContext {
  readonly orgId: OrgId;
  readonly signal: AbortSignal;
}

export interface TicketWriteContext extends TicketingContext {
  /** The same key is the same wish: it is carried to the server, and never leads to a second ticket (TIC2). */
  readonly idempotencyKey: string;
  /** An earlier try with this key may have reached the server: look before creating. */
  readonly isRetry: boolean;
}

export interface TicketQuery {
  /** Words in subject or description; empty for all. */
  readonly text: string;
  readonly limit: number;
}

/**
 * How a server keeps one wish from becoming two tickets. `server`: it knows the key. `search`: we look for the key before a
 * retry, and what was just created is found `settleMs` later at the latest.
 */
export type TicketDedupe =
  { readonly kind: 'server' } | { readonly kind: 'search'; readonly settleMs: number };

export interface TicketingCheckStep {
  readonly step: 'connect' | 'list-tools' | 'map' | 'search';
  readonly ok: boolean;
  readonly tookMs: number;
  /** For people: what was found, or what to do. */
  readonly detail: string;
  readonly code: ErrorCode | null;
}

/**
 * The system that tickets live in (req:T1-T4). All methods reject with `AppError`: `ticketing.unreachable`, `ticketing.timeout`
 * and `ticketing.busy` may pass; `ticketing.refused`, `ticketing.malformed`, `ticketing.unknown-ticket` and
 * `ticketing.misconfigured` do not. An implementation is a stranger's server in the end: it is called from the outbox and from
 * checks only, never while a turn waits.
 */
export interface TicketingAdapter {
  /** Stable: stored in ticket rows. `local`, `zendesk-mcp`, `servicenow-mcp`. */
  readonly provider: string;
  readonly dedupe: TicketDedupe;
  createTicket(draft: TicketDraft, context: TicketWriteContext): Promise<{ readonly ticketId: string }>;
  updateTicket(ticketId: string, patch: TicketPatch, context: TicketWriteContext): Promise<void>;
  searchTickets(query: TicketQuery, context: TicketingContext): Promise<readonly Ticket[]>;
  addInternalNote(ticketId: string, note: string, context: TicketWriteContext): Promise<void>;
  /** Tries the way to the server on demand; ends after the first step that fails (TIC8). Changes nothing there. */
  check(context: TicketingContext): AsyncIterable<TicketingCheckStep>;
  close(): Promise<void>;
}
