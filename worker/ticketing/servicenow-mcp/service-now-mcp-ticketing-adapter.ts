import type { TicketToolMapping } from '#shared/config/ticketing-config.ts';
import { McpTicketingAdapter, type McpTicketingDeps } from '../mcp-ticketing-adapter.ts';

/**
 * Tickets are incidents; servers differ, so the default speaks to one that reads and writes any table. The wish and its org
 * are kept in the two correlation fields, which ServiceNow has for just this.
 */
export const SERVICE_NOW_TOOLS: TicketToolMapping = {
  create: {
    name: 'SN-Create-Record',
    args: {
      table_name: 'incident',
      data: {
        short_description: '{subject}',
        description: '{description}\n\nCaller: {requester.name} {requester.phone}\nTags: {plainTags}',
        urgency: '{priority}',
        impact: '{priority}',
        correlation_id: '{keyMark}',
        correlation_display: '{orgMark}',
      },
    },
    ticketId: 'result.sys_id',
  },
  get: {
    name: 'SN-Get-Record',
    args: { table_name: 'incident', sys_id: '{ticketId}' },
    ticket: 'result',
  },
  search: {
    name: 'SN-Query-Table',
    args: {
      table_name: 'incident',
      query: 'correlation_display={orgMark}^short_descriptionLIKE{text}',
      limit: '{limit}',
    },
    tickets: 'result',
  },
  find: {
    name: 'SN-Query-Table',
    args: {
      table_name: 'incident',
      query: 'correlation_display={orgMark}^correlation_id={keyMark}',
      limit: '{limit}',
    },
    tickets: 'result',
  },
  update: {
    name: 'SN-Update-Record',
    args: {
      table_name: 'incident',
      sys_id: '{ticketId}',
      data: {
        short_description: '{subject}',
        state: '{status}',
        urgency: '{priority}',
        impact: '{priority}',
      },
    },
  },
  note: {
    name: 'SN-Update-Record',
    args: { table_name: 'incident', sys_id: '{ticketId}', data: { work_notes: '{note}' } },
  },
  fields: {
    ticketId: 'sys_id',
    subject: 'short_description',
    status: 'state',
    priority: 'urgency',
    tags: null,
    orgMark: 'correlation_display',
    keyMark: 'correlation_id',
  },
  // Urgency has three steps; what is urgent and what is high are both its first.
  priority: { low: '3', normal: '2', high: '1', urgent: '1' },
  status: { new: '1', open: '2', pending: '3', solved: '6', closed: ['7', '8'] },
};

/** ServiceNow reads what it has written at once. */
export const SERVICE_NOW_SETTLE_MS = 0;

/** ServiceNow incidents over an MCP server (req:T7). */
export class ServiceNowMcpTicketingAdapter extends McpTicketingAdapter {
  constructor(deps: Omit<McpTicketingDeps, 'provider'>) {
    super({ ...deps, provider: 'servicenow-mcp' });
  }
}
