import { ERASED_HASH, ERASED_NAME, erasedOperation, type ErasureScope } from '#shared/events/erase-event.ts';
import type { NewTicket, ToolCallRow } from '#shared/adapters/ticket-book.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { SpooledMethod } from './spool.ts';

/**
 * The arguments of a piece of work that waits for the team's store, without what they say of the caller of one call. Pure.
 * @returns null where they say nothing of it
 */
export function eraseWork(
  method: SpooledMethod,
  args: readonly unknown[],
  {
    callId,
    ticketIds,
    scope,
  }: { readonly callId: CallId; readonly ticketIds: ReadonlySet<string>; readonly scope: ErasureScope },
): readonly unknown[] | null {
  // A ticket is more than words of a call: it goes with the person.
  if (scope === 'words' && method !== 'recordToolCall') return null;
  if (method === 'saveTicket') {
    const [orgId, ticket] = args as [string, NewTicket];
    if (ticket.conversationId !== callId) return null;
    const create = erasedOperation({ kind: 'create', draft: ticket.draft });
    return create.kind === 'create' ? [orgId, { ...ticket, draft: create.draft }] : null;
  }
  if (method === 'recordToolCall') {
    const [row] = args as [ToolCallRow];
    const hashes = { requestHash: ERASED_HASH, responseHash: ERASED_HASH };
    return row.conversationId === callId
      ? [{ ...row, ...hashes, redactedRequest: '{}', redactedResponse: '{}' }]
      : null;
  }
  if (method === 'updateTicket' || method === 'addTicketNote') {
    const [orgId, ticketId, what, ...rest] = args as [string, string, Record<string, unknown>];
    if (!ticketIds.has(ticketId)) return null;
    if (method === 'addTicketNote') return [orgId, ticketId, { ...what, text: ERASED_NAME }, ...rest];
    return 'subject' in what ? [orgId, ticketId, { ...what, subject: ERASED_NAME }, ...rest] : null;
  }
  return null;
}
