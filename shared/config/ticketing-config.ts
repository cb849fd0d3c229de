import { z } from 'zod';
import { ticketPrioritySchema, ticketStatusSchema } from '#shared/domain/ticket.ts';

const argsTemplate = z.record(z.string(), z.json());
/** Where a value lies in an answer: names and positions joined by dots, such as `ticket.id`; empty for the whole. */
const path = z.string().max(200);
const tool = z.strictObject({ name: z.string().min(1).max(200), args: argsTemplate });
/** The first word is written; all of them are read. */
const words = z.union([z.string(), z.array(z.string()).min(1)]);

/** How our five operations are called at one server (TIC10). */
export const ticketToolMappingSchema = z.strictObject({
  create: tool.extend({ ticketId: path }),
  /** One ticket by its id. */
  get: tool.extend({ ticket: path }),
  search: tool.extend({ tickets: path }),
  /** Tickets made with one idempotency key. */
  find: tool.extend({ tickets: path }),
  update: tool,
  note: tool,
  fields: z.strictObject({
    ticketId: path,
    subject: path,
    status: path,
    priority: path,
    tags: path.nullable(),
    /** Where the marks of org and wish can be read again: a list that holds them, or a text that is one. */
    orgMark: path,
    keyMark: path,
  }),
  priority: z.record(ticketPrioritySchema, words),
  status: z.record(ticketStatusSchema, words),
});
export type TicketToolMapping = z.infer<typeof ticketToolMappingSchema>;

/** A secret is the name of an environment variable, `$NAME`; anything else is taken as it is written. */
const secretOrText = z.record(z.string(), z.string());

const stdio = z.strictObject({
  type: z.literal('stdio'),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: secretOrText.default({}),
});
const http = z.strictObject({
  type: z.literal('http'),
  url: z.url({ protocol: /^https?$/u }).refine(isSafeUrl, 'must be https, or http to this machine'),
  headers: secretOrText.default({}),
});

const mcp = {
  transport: z.discriminatedUnion('type', [stdio, http]),
  /** Longest wait for one answer of the server. */
  timeoutMs: z.number().int().min(100).max(60_000).default(10_000),
  /** Longest time until the server's search finds what was just created. */
  settleMs: z.number().int().min(0).max(3_600_000).optional(),
  /** The server knows our idempotency key by itself; nothing is searched before a retry. */
  serverDedupes: z.boolean().default(false),
  /** Replaces the vendor's default, part by part. */
  tools: ticketToolMappingSchema.partial().default({}),
};

/** The file that `--ticketing` names. */
export const ticketingConfigSchema = z.discriminatedUnion('adapter', [
  z.strictObject({ adapter: z.literal('local') }),
  z.strictObject({ adapter: z.literal('zendesk-mcp'), ...mcp }),
  z.strictObject({ adapter: z.literal('servicenow-mcp'), ...mcp }),
]);
export type TicketingConfig = z.infer<typeof ticketingConfigSchema>;
export type McpTicketingConfig = Exclude<TicketingConfig, { adapter: 'local' }>;

/** Ticket texts and tokens must not cross a network in the clear. */
function isSafeUrl(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  } catch {
    return false;
  }
}
