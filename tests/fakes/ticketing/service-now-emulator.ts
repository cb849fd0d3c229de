import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';
import type { DeskRecord, EmulatedDesk } from './emulated-desk.ts';

const table = z.literal('incident');

/** An MCP server in front of something like ServiceNow: any table, `sys_id`, states as numbers in text, encoded queries. */
function serviceNowEmulator(desk: EmulatedDesk): McpServer {
  const server = new McpServer({ name: 'servicenow-emulator', version: '1' });
  const hasId =
    (sysId: string) =>
    (record: DeskRecord): boolean =>
      record['sys_id'] === sysId;
  server.registerTool(
    'SN-Create-Record',
    { inputSchema: { table_name: table, data: z.record(z.string(), z.string()) } },
    ({ data }) =>
      desk.answer(() => ({
        result: desk.add(id => ({
          id,
          number: `INC00${String(id)}`,
          sys_id: `sys${String(id)}`,
          state: '1',
          notes: [],
          ...data,
        })),
      })),
  );
  server.registerTool(
    'SN-Get-Record',
    { inputSchema: { table_name: table, sys_id: z.string() } },
    ({ sys_id }) =>
      desk.answer(() => {
        const result = desk.records.find(hasId(sys_id));
        if (!result) throw new Error('No Record found');
        return { result };
      }),
  );
  server.registerTool(
    'SN-Query-Table',
    { inputSchema: { table_name: table, query: z.string(), limit: z.number().optional() } },
    ({ query, limit }) =>
      desk.answer(() => {
        // As the real thing: conditions joined by ^, alternatives by ^OR.
        const fits = (record: DeskRecord, condition: string): boolean => {
          const [field = '', value = ''] = condition.split(/LIKE|=/u);
          const has = JSON.stringify(record[field] ?? '').replaceAll('"', '');
          return condition.includes('LIKE') ? has.toLowerCase().includes(value.toLowerCase()) : has === value;
        };
        const result = desk.records.filter(record =>
          query.split('^OR').some(part => part.split('^').every(condition => fits(record, condition))),
        );
        return { result: result.slice(0, limit ?? 100) };
      }),
  );
  server.registerTool(
    'SN-Update-Record',
    { inputSchema: { table_name: table, sys_id: z.string(), data: z.record(z.string(), z.string()) } },
    ({ sys_id, data: { work_notes, ...change } }) =>
      desk.answer(() => {
        const notes = (desk.records.find(hasId(sys_id))?.['notes'] ?? []) as unknown[];
        const added = work_notes === undefined ? {} : { notes: [...notes, work_notes] };
        const result = desk.change(hasId(sys_id), { ...change, ...added });
        if (!result) throw new Error('No Record found');
        return { result };
      }),
  );
  return server;
}

export interface EmulatedHttpServer {
  readonly port: number;
  /** Ends every session; the same port is taken again by the next start. */
  close(): Promise<void>;
}

/** The emulator over streamable HTTP on this machine. */
export async function startServiceNow(desk: EmulatedDesk, port = 0): Promise<EmulatedHttpServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const server: Server = createServer((request, response) => {
    void (async () => {
      const id = request.headers['mcp-session-id'];
      const known = typeof id === 'string' ? sessions.get(id) : undefined;
      if (typeof id === 'string' && !known) {
        response.writeHead(404, { 'content-type': 'application/json' });
        response.end('{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}');
        return;
      }
      const transport =
        known ??
        new StreamableHTTPServerTransport({
          sessionIdGenerator: () => randomUUID(),
          onsessioninitialized: sessionId => void sessions.set(sessionId, transport),
        });
      if (!known) await serviceNowEmulator(desk).connect(transport);
      await transport.handleRequest(request, response);
    })();
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
