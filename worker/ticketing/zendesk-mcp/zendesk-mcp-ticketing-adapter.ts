import type { TicketToolMapping } from '#shared/config/ticketing-config.ts';
import { McpTicketingAdapter, type McpTicketingDeps } from '../mcp-ticketing-adapter.ts';

/** The names most Zendesk servers use; the fields are those of Zendesk's ticket API. */
export const ZENDESK_TOOLS: TicketToolMapping = {
  create: {
    name: 'create_ticket',
    args: {
      subject: '{subject}',
      description: '{description}',
      requester_name: '{requester.name}',
      requester_email: '{requester.email}',
      requester_phone: '{requester.phone}',
      priority: '{priority}',
      tags: '{tags}',
    },
    ticketId: 'ticket.id',
  },
  get: { name: 'get_ticket', args: { ticket_id: '{ticketId}' }, ticket: 'ticket' },
  search: {
    name: 'search_tickets',
    args: { query: 'type:ticket tags:{orgMark} {text}', per_page: '{limit}' },
    tickets: 'results',
  },
  find: {
    name: 'search_tickets',
    args: { query: 'type:ticket tags:{orgMark} tags:{keyMark}', per_page: '{limit}' },
    tickets: 'results',
  },
  update: {
    name: 'update_ticket',
    args: {
      ticket_id: '{ticketId}',
      subject: '{subject}',
      status: '{status}',
      priority: '{priority}',
      tags: '{tags}',
    },
  },
  note: {
    name: 'create_ticket_comment',
    args: { ticket_id: '{ticketId}', comment: '{note}', public: false },
  },
  fields: {
    ticketId: 'id',
    subject: 'subject',
    status: 'status',
    priority: 'priority',
    tags: 'tags',
    orgMark: 'tags',
    keyMark: 'tags',
  },
  priority: { low: 'low', normal: 'normal', high: 'high', urgent: 'urgent' },
  status: { new: 'new', open: ['open', 'hold'], pending: 'pending', solved: 'solved', closed: 'closed' },
};

/** Zendesk's search finds a new ticket after a minute or two. Source: Zendesk, Search API, "eventual consistency". */
export const ZENDESK_SETTLE_MS = 180_000;

/** Zendesk over any MCP server that can create, find, change and comment on tickets (req:T6). */
export class ZendeskMcpTicketingAdapter extends McpTicketingAdapter {
  constructor(deps: Omit<McpTicketingDeps, 'provider'>) {
    super({ ...deps, provider: 'zendesk-mcp' });
  }
}
