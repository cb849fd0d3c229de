import { join } from 'node:path';
import { ListToolsResultSchema } from '@modelcontextprotocol/sdk/types.js';
import type { ChatCompletionFunctionTool } from 'openai/resources/chat/completions';
import type { RealtimeFunctionTool } from 'openai/resources/realtime/realtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { demoTools } from './demo-tools.ts';
import { ticketTools } from './ticket-tools.ts';
import { defineTool } from './tool-definition.ts';
import { chatTools, mcpTools, realtimeTools } from './tool-schemas.ts';

const tools = [
  ...demoTools(join(import.meta.dirname, '../../resources/demo/shop.json')),
  ...ticketTools({ tickets: () => Promise.resolve([]) }),
];

test('[TOOL20] every tool has its schema for chat, realtime and MCP, all from one definition', () => {
  const chat: ChatCompletionFunctionTool[] = chatTools(tools);
  const realtime: RealtimeFunctionTool[] = realtimeTools(tools);
  const mcp = ListToolsResultSchema.parse({ tools: mcpTools(tools) }).tools;
  const names = [
    'lookup_order',
    'lookup_work_order',
    'get_work_order_status',
    'get_business_hours',
    'get_location',
    'list_services',
    'get_customer_vehicles',
    'transfer_to_human',
    'create_ticket',
    'update_ticket',
    'add_internal_note',
    'search_tickets',
  ];
  expect(chat.map(tool => tool.function.name)).toEqual(names);
  expect(realtime.map(tool => tool.name)).toEqual(names);
  expect(mcp.map(tool => tool.name)).toEqual(names);
  for (const [index, tool] of chat.entries()) {
    expect(realtime[index]?.parameters).toEqual(tool.function.parameters);
    expect(mcp[index]?.inputSchema).toEqual(tool.function.parameters);
    expect(tool.function.strict).toBe(true);
    expect(tool.function.description).not.toBe('');
  }
  expect(chat[0]?.function.parameters).toEqual({
    type: 'object',
    properties: { orderNumber: { type: 'string', pattern: '^\\d{4}$' } },
    required: ['orderNumber'],
    additionalProperties: false,
  });
  expect(mcp.find(tool => tool.name === 'lookup_order')?.annotations?.readOnlyHint).toBe(true);
  expect(mcp.find(tool => tool.name === 'create_ticket')?.annotations?.readOnlyHint).toBe(false);
});

test('[TOOL20] a definition that the APIs would refuse is refused here', () => {
  const loose = defineTool({
    name: 'loose',
    description: 'takes anything',
    effect: 'reads',
    input: z.strictObject({ maybe: z.string().optional() }),
    output: z.strictObject({}),
    facts: () => [],
    run: () => Promise.resolve({}),
  });
  expect(() => chatTools([loose])).toThrow(/maybe/u);
});
