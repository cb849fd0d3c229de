import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { EmulatedDesk } from './emulated-desk.ts';

/** An MCP server in front of something like Zendesk: numbers as ids, tags as a list, `results`, comments public or not. */
export function zendeskEmulator(desk: EmulatedDesk): McpServer {
  const server = new McpServer({ name: 'zendesk-emulator', version: '1' });
  const byId = (ticketId: string) => {
    const ticket = desk.records.find(({ id }) => String(id) === ticketId);
    if (!ticket) throw new Error('RecordNotFound: Not found');
    return ticket;
  };
  server.registerTool(
    'create_ticket',
    {
      inputSchema: {
        subject: z.string(),
        description: z.string(),
        requester_name: z.string().optional(),
        requester_email: z.string().optional(),
        requester_phone: z.string().optional(),
        priority: z.enum(['low', 'normal', 'high', 'urgent']).optional(),
        tags: z.array(z.string()).optional(),
      },
    },
    args => desk.answer(() => ({ ticket: desk.add(id => ({ id, status: 'new', comments: [], ...args })) })),
  );
  server.registerTool('get_ticket', { inputSchema: { ticket_id: z.string() } }, ({ ticket_id }) =>
    desk.answer(() => ({ ticket: byId(ticket_id) })),
  );
  server.registerTool(
    'search_tickets',
    { inputSchema: { query: z.string(), per_page: z.number().optional() } },
    ({ query, per_page }) =>
      desk.answer(() => {
        const terms = query.split(/\s+/u).filter(term => term !== '' && !term.startsWith('type:'));
        const results = desk.records.filter(record =>
          terms.every(term =>
            term.startsWith('tags:')
              ? (record['tags'] as string[]).includes(term.slice('tags:'.length))
              : `${String(record['subject'])} ${String(record['description'])}`
                  .toLowerCase()
                  .includes(term.toLowerCase()),
          ),
        );
        return { results: results.slice(0, per_page ?? 100), count: results.length };
      }),
  );
  server.registerTool(
    'update_ticket',
    {
      inputSchema: {
        ticket_id: z.string(),
        subject: z.string().optional(),
        status: z.string().optional(),
        priority: z.string().optional(),
        tags: z.array(z.string()).optional(),
      },
    },
    ({ ticket_id, ...change }) =>
      desk.answer(() => {
        byId(ticket_id);
        return { ticket: desk.change(({ id }) => String(id) === ticket_id, change) };
      }),
  );
  server.registerTool(
    'create_ticket_comment',
    { inputSchema: { ticket_id: z.string(), comment: z.string(), public: z.boolean().optional() } },
    ({ ticket_id, comment, public: isPublic = true }) =>
      desk.answer(() => {
        const comments = byId(ticket_id)['comments'] as unknown[];
        desk.change(({ id }) => String(id) === ticket_id, { comments: [...comments, { comment, isPublic }] });
        return { added: true };
      }),
  );
  return server;
}
