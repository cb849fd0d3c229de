import { readFileSync } from 'node:fs';
import type { TicketBook } from '#shared/adapters/ticket-book.ts';
import type { TicketDedupe, TicketingAdapter } from '#shared/adapters/ticketing-adapter.ts';
import {
  ticketingConfigSchema,
  type McpTicketingConfig,
  type TicketingConfig,
} from '#shared/config/ticketing-config.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { appError } from '#shared/errors/app-error.ts';
import { LocalTicketingAdapter } from './local/local-ticketing-adapter.ts';
import { McpLink } from './mcp-link.ts';
import {
  SERVICE_NOW_SETTLE_MS,
  SERVICE_NOW_TOOLS,
  ServiceNowMcpTicketingAdapter,
} from './servicenow-mcp/service-now-mcp-ticketing-adapter.ts';
import {
  ZENDESK_SETTLE_MS,
  ZENDESK_TOOLS,
  ZendeskMcpTicketingAdapter,
} from './zendesk-mcp/zendesk-mcp-ticketing-adapter.ts';

export interface TicketingDeps {
  readonly book: TicketBook;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reads the file of `--ticketing`; without one tickets are local. Throws `ticketing.misconfigured` with what is wrong where (TIC11). */
export function loadTicketing(file: string | null, deps: TicketingDeps): TicketingAdapter {
  return createTicketing(file === null ? { adapter: 'local' } : readConfig(file), deps);
}

export function createTicketing(config: TicketingConfig, deps: TicketingDeps): TicketingAdapter {
  switch (config.adapter) {
    case 'local':
      return new LocalTicketingAdapter(deps);
    case 'zendesk-mcp':
      return new ZendeskMcpTicketingAdapter({
        mapping: { ...ZENDESK_TOOLS, ...stated(config.tools) },
        ...common(config, ZENDESK_SETTLE_MS, deps),
      });
    case 'servicenow-mcp':
      return new ServiceNowMcpTicketingAdapter({
        mapping: { ...SERVICE_NOW_TOOLS, ...stated(config.tools) },
        ...common(config, SERVICE_NOW_SETTLE_MS, deps),
      });
  }
}

function common(config: McpTicketingConfig, settleMs: number, { clock, environment }: TicketingDeps) {
  const { transport, timeoutMs } = config;
  const dedupe: TicketDedupe = config.serverDedupes
    ? { kind: 'server' }
    : { kind: 'search', settleMs: config.settleMs ?? settleMs };
  return { dedupe, clock, link: new McpLink({ transport, timeoutMs, secret: name => environment[name] }) };
}

/** Parts that are given; `undefined` must not hide a default. */
function stated<Parts extends object>(
  parts: Parts,
): { [Name in keyof Parts]: Exclude<Parts[Name], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as never;
}

function readConfig(file: string): TicketingConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw misconfigured(`The ticketing file ${file} cannot be read.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw misconfigured(`The ticketing file ${file} is not valid JSON.`);
  }
  const parsed = ticketingConfigSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join('.') || 'the file'}: ${message}`);
  throw misconfigured(`The ticketing file ${file} does not fit. ${wrong.join('; ')}.`);
}

const misconfigured = (message: string) => appError('ticketing.misconfigured', message);
