import type { CallId, OrgId, TurnId } from '#shared/domain/ids.ts';
import type {
  Ticket,
  TicketDraft,
  TicketOperation,
  TicketPatch,
  TicketRequestState,
} from '#shared/domain/ticket.ts';
import type { EpochMs } from '#shared/domain/units.ts';

/** One wish in the outbox. */
export interface TicketRequest {
  readonly requestId: string;
  readonly orgId: OrgId;
  readonly conversationId: CallId;
  readonly turnId: TurnId | null;
  readonly operation: TicketOperation;
  readonly state: TicketRequestState;
  /** Tries so far, the running one included. */
  readonly attempts: number;
  readonly nextAttemptAtMs: number;
  readonly ticketId: string | null;
  readonly errorCode: string | null;
  readonly createdAtMs: number;
}

/** A ticket as our own record has it (req:M8). `externalRef` is the id at the provider; `null` where we are the provider. */
export interface TicketRow extends Ticket {
  readonly externalRef: string | null;
  readonly provider: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface NewTicket {
  readonly ticketId: string;
  readonly requestId: string;
  readonly externalRef: string | null;
  readonly provider: string;
  readonly draft: TicketDraft;
  readonly conversationId: CallId | null;
  readonly atMs: EpochMs;
}

export interface TicketRowQuery {
  readonly text: string;
  readonly limit: number;
  /** Only tickets of this caller. */
  readonly phone?: string;
}

/** One row of `audit_tool_calls` (req:T8). */
export interface ToolCallRow {
  readonly id: string;
  readonly orgId: OrgId;
  readonly conversationId: CallId;
  readonly turnId: string | null;
  readonly tool: string;
  readonly requestHash: string;
  readonly responseHash: string;
  readonly status: string;
  readonly latencyMs: number;
  readonly atMs: number;
  readonly redactedRequest: string;
  readonly redactedResponse: string;
}

/**
 * Where tickets and the outbox are kept; part of the store. Rejects with `storage.*`. A request enters with its
 * `ticket.requested` event, in the same transaction (TIC20).
 */
export interface TicketBook {
  /** @returns the id of the ticket of this request, which may have been there before */
  saveTicket(orgId: OrgId, ticket: NewTicket): Promise<string>;
  ticket(orgId: OrgId, ticketRef: string): Promise<TicketRow | null>;
  /** @returns false when the org has no such ticket */
  updateTicket(orgId: OrgId, ticketId: string, patch: TicketPatch, atMs: EpochMs): Promise<boolean>;
  /** Newest first. */
  tickets(orgId: OrgId, query: TicketRowQuery): Promise<readonly TicketRow[]>;
  /** The same note id again changes nothing. @returns false when the org has no such ticket */
  addTicketNote(
    orgId: OrgId,
    ticketId: string,
    note: { readonly noteId: string; readonly text: string; readonly atMs: EpochMs },
  ): Promise<boolean>;
  ticketNotes(orgId: OrgId, ticketId: string): Promise<readonly string[]>;
  ticketRequest(requestId: string): Promise<TicketRequest | null>;
  ticketRequests(orgId: OrgId, callId: CallId): Promise<readonly TicketRequest[]>;
  /** Those that are waiting or sending, oldest first. */
  openTicketRequests(): Promise<readonly TicketRequest[]>;
  saveTicketRequest(
    requestId: string,
    change: Pick<TicketRequest, 'state' | 'attempts' | 'nextAttemptAtMs' | 'ticketId' | 'errorCode'>,
    atMs: EpochMs,
  ): Promise<void>;
  recordToolCall(row: ToolCallRow): Promise<void>;
  toolCalls(callId: CallId): Promise<readonly ToolCallRow[]>;
}

/** Its methods by name, for those who pass calls of it on to another thread or process. */
export const TICKET_BOOK_METHODS = Object.keys({
  saveTicket: null,
  ticket: null,
  updateTicket: null,
  tickets: null,
  addTicketNote: null,
  ticketNotes: null,
  ticketRequest: null,
  ticketRequests: null,
  openTicketRequests: null,
  saveTicketRequest: null,
  recordToolCall: null,
  toolCalls: null,
} satisfies Record<keyof TicketBook, null>) as readonly (keyof TicketBook)[];
