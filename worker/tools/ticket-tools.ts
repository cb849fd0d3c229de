import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TicketBook } from '#shared/adapters/ticket-book.ts';
import {
  ticketDraftSchema,
  ticketPrioritySchema,
  ticketStatusSchema,
  type TicketOperation,
} from '#shared/domain/ticket.ts';
import { canonicalJson } from '#shared/domain/canonical-json.ts';
import { redactCardNumbers } from '#worker/audit/redaction.ts';
import { defineTool, type ToolContext, type ToolDefinition } from './tool-definition.ts';

/** Wishes of this process; more than a day of calls. */
const MAX_REMEMBERED = 20_000;

const asked = z.strictObject({ requestId: z.string(), detail: z.string() });
const ticketRef = z.string().min(1).max(80);
const clean = (text: string): string => redactCardNumbers(text).text;

/**
 * Tickets in a call (req:T1-T4). A tool here writes one event and is done: the outbox carries it to the ticket system, so that
 * nobody waits for a stranger's server (TIC20, TIC28). Who asks, and from which number, comes from the line and not from a model.
 */
export function ticketTools(book: Pick<TicketBook, 'tickets'>): readonly ToolDefinition[] {
  const known = new Set<string>();
  const request = (context: ToolContext, operation: TicketOperation, wish: unknown): string => {
    // The same wish in the same call has the same id, however often its turn is answered (TIC30).
    const requestId = `tk-${createHash('sha256')
      .update(canonicalJson([context.orgId, context.callId, wish]))
      .digest('hex')
      .slice(0, 32)}`;
    if (known.has(requestId)) return requestId;
    known.add(requestId);
    const [oldest] = known;
    if (known.size > MAX_REMEMBERED && oldest !== undefined) known.delete(oldest);
    const turn = context.turnId === null ? {} : { turnId: context.turnId };
    context.append({ type: 'ticket.requested', ...turn, requestId, operation });
    return requestId;
  };
  return [
    defineTool({
      name: 'create_ticket',
      description: 'Opens a ticket for the caller with the people who can solve it.',
      effect: 'changes',
      input: z.strictObject({
        subject: ticketDraftSchema.shape.subject,
        description: ticketDraftSchema.shape.description,
        priority: ticketPrioritySchema,
        tags: z.array(z.string().trim().min(1).max(60)).max(10),
      }),
      output: asked,
      run: (input, context) => {
        const { caller, callId } = context;
        const subject = clean(input.subject);
        const draft = {
          subject,
          description: clean(input.description),
          requester: { name: caller.name.slice(0, 200), phone: caller.phone, email: null },
          priority: input.priority,
          tags: [...input.tags, 'phone'],
          metadata: { conversationId: callId },
        };
        const requestId = request(context, { kind: 'create', draft }, ['create', subject.toLowerCase()]);
        return Promise.resolve({
          requestId,
          detail: 'I have written a ticket for you, and a colleague will read it.',
        });
      },
      facts: ({ detail }) => [{ name: 'detail', value: detail }],
    }),
    defineTool({
      name: 'update_ticket',
      description: 'Changes status or priority of a ticket.',
      effect: 'changes',
      input: z.strictObject({
        ticketId: ticketRef,
        status: ticketStatusSchema.nullable(),
        priority: ticketPrioritySchema.nullable(),
      }),
      output: asked,
      run: ({ ticketId, status, priority }, context) => {
        const patch = {
          ...(status === null ? {} : { status }),
          ...(priority === null ? {} : { priority }),
        };
        const operation = { kind: 'update' as const, ticketRef: ticketId, patch };
        const requestId = request(context, operation, operation);
        return Promise.resolve({ requestId, detail: 'I have passed the change on.' });
      },
      facts: ({ detail }) => [{ name: 'detail', value: detail }],
    }),
    defineTool({
      name: 'add_internal_note',
      description: 'Adds a note for colleagues to a ticket; the caller does not see it.',
      effect: 'changes',
      input: z.strictObject({ ticketId: ticketRef, note: z.string().trim().min(1).max(4000) }),
      output: asked,
      run: ({ ticketId, note }, context) => {
        const operation = { kind: 'note' as const, ticketRef: ticketId, note: clean(note) };
        const requestId = request(context, operation, operation);
        return Promise.resolve({ requestId, detail: 'I have added that to your ticket.' });
      },
      facts: ({ detail }) => [{ name: 'detail', value: detail }],
    }),
    defineTool({
      name: 'search_tickets',
      description: "Looks for the caller's own tickets.",
      effect: 'reads',
      input: z.strictObject({ query: z.string().max(200) }),
      output: z.strictObject({
        tickets: z.array(z.strictObject({ subject: z.string(), status: z.string() })).max(5),
      }),
      run: async ({ query }, { orgId, caller }) => {
        // Our own record, and this caller's part of it: a withheld number has no tickets (TIC31).
        if (caller.phone === null) return { tickets: [] };
        const rows = await book.tickets(orgId, { text: query, limit: 5, phone: caller.phone });
        return { tickets: rows.map(({ subject, status }) => ({ subject, status })) };
      },
      facts: ({ tickets }) =>
        tickets.length === 0
          ? [{ name: 'tickets', value: 'none' }]
          : tickets.map(({ subject, status }) => ({ name: 'ticket', value: `${subject}: ${status}` })),
    }),
  ];
}
