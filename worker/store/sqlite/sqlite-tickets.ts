import type {
  NewTicket,
  TicketBook,
  TicketRequest,
  TicketRow,
  TicketRowQuery,
  ToolCallRow,
} from '#shared/adapters/ticket-book.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { TicketOperation, TicketPatch } from '#shared/domain/ticket.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEventOf } from '#shared/events/call-event.ts';
import { guarded, type Database } from '#shared/sqlite/open-database.ts';
import type { Synchronous } from './synchronous.ts';

const TICKET_COLUMNS =
  'id AS ticketId, external_ref AS externalRef, provider, status, subject, priority, tags_json AS tags, created_at AS createdAtMs, updated_at AS updatedAtMs';
const REQUEST_COLUMNS =
  'id AS requestId, org_id AS orgId, conversation_id AS conversationId, turn_id AS turnId, operation_json AS operation, state, attempts, next_attempt_at AS nextAttemptAtMs, ticket_id AS ticketId, error_code AS errorCode, created_at AS createdAtMs';

type StoredTicket = Omit<TicketRow, 'tags'> & { readonly tags: string };
type StoredRequest = Omit<TicketRequest, 'operation'> & { readonly operation: string };

const ticketOf = ({ tags, ...row }: StoredTicket): TicketRow => ({
  ...row,
  tags: JSON.parse(tags) as string[],
});
const requestOf = ({ operation, ...row }: StoredRequest): TicketRequest => ({
  ...row,
  operation: JSON.parse(operation) as TicketOperation,
});

/** The part of the worker's database that holds tickets, the outbox, and the audit of tool calls. Throws `storage.*`. */
export class SqliteTickets implements Synchronous<TicketBook> {
  readonly #tables: Database;
  readonly #chains: { chainToolCall(row: ToolCallRow): void };

  constructor(tables: Database, chains: { chainToolCall(row: ToolCallRow): void }) {
    this.#tables = tables;
    this.#chains = chains;
  }

  saveTicket(
    orgId: OrgId,
    { ticketId, requestId, externalRef, provider, draft, conversationId, atMs }: NewTicket,
  ): string {
    return guarded(() => {
      const { name, phone, email } = draft.requester;
      this.#tables
        .prepare(
          `INSERT INTO tickets (id, org_id, external_ref, provider, status, subject, created_at, updated_at, request_id, conversation_id, description, priority, requester_name, requester_phone, requester_email, tags_json, metadata_json)
           VALUES (?, ?, ?, ?, 'new', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (org_id, request_id) DO NOTHING`,
        )
        .run(
          ticketId,
          orgId,
          externalRef,
          provider,
          draft.subject,
          Math.round(atMs),
          Math.round(atMs),
          requestId,
          conversationId,
          draft.description,
          draft.priority,
          name,
          phone,
          email,
          JSON.stringify(draft.tags),
          JSON.stringify(draft.metadata),
        );
      return this.#tables
        .prepare('SELECT id FROM tickets WHERE org_id = ? AND request_id = ?')
        .pluck()
        .get(orgId, requestId) as string;
    });
  }

  ticket(orgId: OrgId, ticketRef: string): TicketRow | null {
    return guarded(() => {
      const row = this.#tables
        .prepare(
          `SELECT ${TICKET_COLUMNS} FROM tickets WHERE org_id = @orgId AND (id = @ticketRef OR request_id = @ticketRef OR external_ref = @ticketRef)`,
        )
        .get({ orgId, ticketRef }) as StoredTicket | undefined;
      return row ? ticketOf(row) : null;
    });
  }

  updateTicket(
    orgId: OrgId,
    ticketId: string,
    { subject, status, priority, tags }: TicketPatch,
    atMs: EpochMs,
  ): boolean {
    return guarded(
      () =>
        this.#tables
          .prepare(
            'UPDATE tickets SET subject = coalesce(?, subject), status = coalesce(?, status), priority = coalesce(?, priority), tags_json = coalesce(?, tags_json), updated_at = ? WHERE org_id = ? AND id = ?',
          )
          .run(
            subject ?? null,
            status ?? null,
            priority ?? null,
            tags ? JSON.stringify(tags) : null,
            Math.round(atMs),
            orgId,
            ticketId,
          ).changes === 1,
    );
  }

  tickets(orgId: OrgId, { text, limit, phone }: TicketRowQuery): readonly TicketRow[] {
    const words = `%${text.replaceAll(/[\\%_]/gu, '\\$&')}%`;
    return guarded(() =>
      (
        this.#tables
          .prepare(
            String.raw`SELECT ${TICKET_COLUMNS} FROM tickets WHERE org_id = @orgId AND (subject LIKE @words ESCAPE '\' OR description LIKE @words ESCAPE '\') AND (@phone IS NULL OR requester_phone = @phone) ORDER BY created_at DESC, id DESC LIMIT @limit`,
          )
          .all({ orgId, words, limit, phone: phone ?? null }) as StoredTicket[]
      ).map(ticketOf),
    );
  }

  addTicketNote(
    orgId: OrgId,
    ticketId: string,
    { noteId, text, atMs }: { readonly noteId: string; readonly text: string; readonly atMs: EpochMs },
  ): boolean {
    return guarded(() => {
      const known = this.#tables
        .prepare('SELECT 1 FROM tickets WHERE org_id = ? AND id = ?')
        .get(orgId, ticketId);
      if (known === undefined) return false;
      this.#tables
        .prepare(
          'INSERT INTO ticket_notes (id, org_id, ticket_id, body, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        )
        .run(noteId, orgId, ticketId, text, Math.round(atMs));
      return true;
    });
  }

  ticketNotes(orgId: OrgId, ticketId: string): readonly string[] {
    return guarded(
      () =>
        this.#tables
          .prepare('SELECT body FROM ticket_notes WHERE org_id = ? AND ticket_id = ? ORDER BY created_at, id')
          .pluck()
          .all(orgId, ticketId) as string[],
    );
  }

  ticketRequest(requestId: string): TicketRequest | null {
    return guarded(() => {
      const row = this.#tables
        .prepare(`SELECT ${REQUEST_COLUMNS} FROM ticket_requests WHERE id = ?`)
        .get(requestId) as StoredRequest | undefined;
      return row ? requestOf(row) : null;
    });
  }

  ticketRequests(orgId: OrgId, callId: CallId): readonly TicketRequest[] {
    return guarded(() =>
      (
        this.#tables
          .prepare(
            `SELECT ${REQUEST_COLUMNS} FROM ticket_requests WHERE org_id = ? AND conversation_id = ? ORDER BY created_at, id`,
          )
          .all(orgId, callId) as StoredRequest[]
      ).map(requestOf),
    );
  }

  openTicketRequests(): readonly TicketRequest[] {
    return guarded(() =>
      (
        this.#tables
          .prepare(
            `SELECT ${REQUEST_COLUMNS} FROM ticket_requests WHERE state IN ('waiting', 'sending') ORDER BY created_at, id`,
          )
          .all() as StoredRequest[]
      ).map(requestOf),
    );
  }

  saveTicketRequest(
    requestId: string,
    change: Pick<TicketRequest, 'state' | 'attempts' | 'nextAttemptAtMs' | 'ticketId' | 'errorCode'>,
    atMs: EpochMs,
  ): void {
    guarded(() =>
      this.#tables
        .prepare(
          'UPDATE ticket_requests SET state = ?, attempts = ?, next_attempt_at = ?, ticket_id = ?, error_code = ?, updated_at = ? WHERE id = ?',
        )
        .run(
          change.state,
          change.attempts,
          Math.round(change.nextAttemptAtMs),
          change.ticketId,
          change.errorCode,
          Math.round(atMs),
          requestId,
        ),
    );
  }

  recordToolCall(row: ToolCallRow): void {
    guarded(() =>
      this.#tables.transaction(() => {
        if (this.addToolCall(row)) this.#chains.chainToolCall(row);
      })(),
    );
  }

  /** Part of an append, whose events are chained already. @returns false when it was there already */
  addToolCall(row: ToolCallRow): boolean {
    return (
      this.#tables
        .prepare(
          'INSERT INTO audit_tool_calls (id, org_id, conversation_id, turn_id, tool_name, request_hash, response_hash, status, latency_ms, ts, redacted_request_json, redacted_response_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        )
        .run(
          row.id,
          row.orgId,
          row.conversationId,
          row.turnId,
          row.tool,
          row.requestHash,
          row.responseHash,
          row.status,
          row.latencyMs,
          Math.round(row.atMs),
          row.redactedRequest,
          row.redactedResponse,
        ).changes === 1
    );
  }

  toolCalls(callId: CallId): readonly ToolCallRow[] {
    return guarded(
      () =>
        this.#tables
          .prepare(
            'SELECT id, org_id AS orgId, conversation_id AS conversationId, turn_id AS turnId, tool_name AS tool, request_hash AS requestHash, response_hash AS responseHash, status, latency_ms AS latencyMs, ts AS atMs, redacted_request_json AS redactedRequest, redacted_response_json AS redactedResponse FROM audit_tool_calls WHERE conversation_id = ? ORDER BY ts, id',
          )
          .all(callId) as ToolCallRow[],
    );
  }

  /** Part of an append: the outbox row is there exactly when its event is (TIC20). */
  addTicketRequest(event: CallEventOf<'ticket.requested'>): void {
    const atMs = Math.round(event.atMs);
    this.#tables
      .prepare(
        `INSERT INTO ticket_requests (id, org_id, conversation_id, turn_id, operation_json, state, attempts, next_attempt_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, 'waiting', 0, ?, ?, ?) ON CONFLICT DO NOTHING`,
      )
      .run(
        event.requestId,
        event.orgId,
        event.conversationId,
        event.turnId ?? null,
        JSON.stringify(event.operation),
        atMs,
        atMs,
        atMs,
      );
  }
}
