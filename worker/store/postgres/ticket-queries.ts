import { and, asc, desc, eq, ilike, inArray, or, sql, type SQL } from 'drizzle-orm';
import type pg from 'pg';
import type {
  NewTicket,
  TicketBook,
  TicketRequest,
  TicketRow,
  TicketRowQuery,
} from '#shared/adapters/ticket-book.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { TicketOperation, TicketPatch } from '#shared/domain/ticket.ts';
import { anywhere, byBytes, queries } from './call-queries.ts';
import type { PostgresAccess } from './connection.ts';
import { text } from './insert-rows.ts';
import { ticketNotes, ticketRequests, tickets } from './schema.ts';

type TicketReads = Pick<
  TicketBook,
  'ticket' | 'tickets' | 'ticketNotes' | 'ticketRequest' | 'ticketRequests' | 'openTicketRequests'
>;

/** Tickets as they are read. Open requests are those of this worker's log: another worker sends its own. */
export function ticketQueries({ inOrg, everywhere }: PostgresAccess, logId: string): TicketReads {
  return {
    ticket: (orgId, ref) =>
      inOrg(orgId, async client => {
        const key = text(ref);
        const named = or(eq(tickets.ticketId, key), eq(tickets.requestId, key), eq(tickets.externalRef, key));
        const rows = await selectTickets(client, and(eq(tickets.orgId, orgId), named), 1);
        return rows[0] ?? null;
      }),
    tickets: (orgId, { text: words, limit, phone }: TicketRowQuery) =>
      inOrg(orgId, client =>
        selectTickets(
          client,
          and(
            eq(tickets.orgId, orgId),
            or(ilike(tickets.subject, anywhere(words)), ilike(tickets.description, anywhere(words))),
            phone === undefined ? undefined : eq(tickets.requesterPhone, text(phone)),
          ),
          limit,
        ),
      ),
    ticketNotes: (orgId, ticketId) =>
      inOrg(orgId, async client => {
        const rows = await queries(client)
          .select({ body: ticketNotes.body })
          .from(ticketNotes)
          .where(and(eq(ticketNotes.orgId, orgId), eq(ticketNotes.ticketId, text(ticketId))))
          .orderBy(asc(ticketNotes.createdAtMs), byBytes(ticketNotes.id));
        return rows.map(row => row.body);
      }),
    ticketRequest: requestId =>
      everywhere(async client => {
        const rows = await selectRequests(client, eq(ticketRequests.requestId, text(requestId)));
        return rows[0] ?? null;
      }),
    ticketRequests: (orgId, callId) =>
      inOrg(orgId, client =>
        selectRequests(
          client,
          and(eq(ticketRequests.orgId, orgId), eq(ticketRequests.conversationId, text(callId))),
        ),
      ),
    openTicketRequests: () =>
      everywhere(client =>
        selectRequests(
          client,
          and(eq(ticketRequests.logId, logId), inArray(ticketRequests.state, ['waiting', 'sending'])),
        ),
      ),
  };
}

async function selectTickets(
  client: pg.ClientBase,
  where: SQL | undefined,
  limit: number,
): Promise<TicketRow[]> {
  const rows = await queries(client)
    .select({
      ticketId: tickets.ticketId,
      externalRef: tickets.externalRef,
      provider: tickets.provider,
      status: sql<TicketRow['status']>`${tickets.status}`,
      subject: tickets.subject,
      priority: sql<TicketRow['priority']>`${tickets.priority}`,
      tags: tickets.tags,
      createdAtMs: tickets.createdAtMs,
      updatedAtMs: tickets.updatedAtMs,
    })
    .from(tickets)
    .where(where)
    .orderBy(desc(tickets.createdAtMs), sql`${byBytes(tickets.ticketId)} DESC`)
    .limit(limit);
  return rows.map(({ tags, ...row }) => ({ ...row, tags: JSON.parse(tags) as string[] }));
}

async function selectRequests(client: pg.ClientBase, where: SQL | undefined): Promise<TicketRequest[]> {
  const rows = await queries(client)
    .select()
    .from(ticketRequests)
    .where(where)
    .orderBy(asc(ticketRequests.createdAtMs), byBytes(ticketRequests.requestId));
  return rows.map(({ logId: _logId, updatedAtMs: _updatedAtMs, ...row }) => ({
    ...row,
    orgId: row.orgId as OrgId,
    conversationId: row.conversationId as CallId,
    turnId: row.turnId as TicketRequest['turnId'],
    state: row.state as TicketRequest['state'],
    operation: JSON.parse(row.operation) as TicketOperation,
  }));
}

/** @returns the id of the ticket of this request, which may have been there before */
export async function saveTicket(
  client: pg.ClientBase,
  orgId: OrgId,
  { ticketId, requestId, externalRef, provider, draft, conversationId, atMs }: NewTicket,
): Promise<string> {
  const { name, phone, email } = draft.requester;
  await queries(client)
    .insert(tickets)
    .values({
      ticketId,
      orgId,
      externalRef,
      provider,
      status: 'new',
      subject: text(draft.subject),
      createdAtMs: Math.round(atMs),
      updatedAtMs: Math.round(atMs),
      requestId,
      conversationId,
      description: text(draft.description),
      priority: draft.priority,
      requesterName: text(name),
      requesterPhone: phone === null ? null : text(phone),
      requesterEmail: email === null ? null : text(email),
      tags: JSON.stringify(draft.tags),
      metadata: JSON.stringify(draft.metadata),
    })
    .onConflictDoNothing({ target: [tickets.orgId, tickets.requestId] });
  const rows = await queries(client)
    .select({ ticketId: tickets.ticketId })
    .from(tickets)
    .where(and(eq(tickets.orgId, orgId), eq(tickets.requestId, requestId)));
  return rows[0]?.ticketId ?? ticketId;
}

/** @returns false when the org has no such ticket */
export async function updateTicket(
  client: pg.ClientBase,
  orgId: OrgId,
  ticketId: string,
  { subject, status, priority, tags }: TicketPatch,
  atMs: number,
): Promise<boolean> {
  const changed = await queries(client)
    .update(tickets)
    .set({
      ...(subject === undefined ? {} : { subject: text(subject) }),
      ...(status === undefined ? {} : { status }),
      ...(priority === undefined ? {} : { priority }),
      ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
      updatedAtMs: Math.round(atMs),
    })
    .where(and(eq(tickets.orgId, orgId), eq(tickets.ticketId, text(ticketId))));
  return changed.rowCount === 1;
}

/** The same note id again changes nothing. @returns false when the org has no such ticket */
export async function addTicketNote(
  client: pg.ClientBase,
  orgId: OrgId,
  ticketId: string,
  note: Parameters<TicketBook['addTicketNote']>[2],
): Promise<boolean> {
  const known = await queries(client)
    .select({ ticketId: tickets.ticketId })
    .from(tickets)
    .where(and(eq(tickets.orgId, orgId), eq(tickets.ticketId, text(ticketId))));
  if (known.length === 0) return false;
  await queries(client)
    .insert(ticketNotes)
    .values({ id: note.noteId, orgId, ticketId, body: text(note.text), createdAtMs: Math.round(note.atMs) })
    .onConflictDoNothing();
  return true;
}

export async function saveTicketRequest(
  client: pg.ClientBase,
  requestId: string,
  change: Parameters<TicketBook['saveTicketRequest']>[1],
  atMs: number,
): Promise<void> {
  await queries(client)
    .update(ticketRequests)
    .set({
      state: change.state,
      attempts: change.attempts,
      nextAttemptAtMs: Math.round(change.nextAttemptAtMs),
      ticketId: change.ticketId,
      errorCode: change.errorCode,
      updatedAtMs: Math.round(atMs),
    })
    .where(eq(ticketRequests.requestId, text(requestId)));
}
