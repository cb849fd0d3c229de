import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TicketBook } from '#shared/adapters/ticket-book.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { createTicketing } from '#worker/ticketing/load-ticketing.ts';
import { ticketingConfigSchema } from '#shared/config/ticketing-config.ts';
import { EmulatedDesk, type DeskFault } from '#tests/fakes/ticketing/emulated-desk.ts';
import { startServiceNow, type EmulatedHttpServer } from '#tests/fakes/ticketing/service-now-emulator.ts';
import { ORG, type TicketingHarness } from './ticketing.contract.ts';

export interface OpenHarness extends TicketingHarness {
  close(): Promise<void>;
}

export interface RemoteHarness extends OpenHarness {
  readonly desk: EmulatedDesk;
}

let ids = 0;
const newId = (): string => `id-${String((ids += 1))}`;
const folderOf = (name: string): string => mkdtempSync(join(tmpdir(), `sidetone-${name}-`));

/** The local adapter over the real embedded store. */
export async function localHarness(): Promise<OpenHarness> {
  const folder = folderOf('tickets');
  const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  let fault: 'hangs' | 'answer-lost' | null = null;
  const book = new Proxy<TicketBook>(store, {
    get:
      (target, name: keyof TicketBook) =>
      (...args: readonly unknown[]) => {
        const method = target[name] as (...parameters: readonly unknown[]) => Promise<unknown>;
        if (fault === null) return method(...args);
        if (fault === 'answer-lost') void method(...args);
        return new Promise(() => undefined);
      },
  });
  const adapter = createTicketing({ adapter: 'local' }, { book, clock: systemClock, newId, environment: {} });
  return {
    adapter,
    keepsTags: true,
    ticketCount: async () =>
      (await store.tickets(ORG, { text: '', limit: 100 })).length +
      (await store.tickets('org-brook' as never, { text: '', limit: 100 })).length,
    notesOf: async ticketId => ({ internal: await store.ticketNotes(ORG, ticketId), open: [] }),
    fault: next => (fault = next),
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const noBook = null as unknown as TicketBook;

/** The Zendesk adapter, speaking MCP to a child process. */
export function zendeskHarness(more: Readonly<Record<string, unknown>> = {}): Promise<RemoteHarness> {
  const folder = folderOf('zendesk');
  const desk = new EmulatedDesk(folder);
  const config = ticketingConfigSchema.parse({
    adapter: 'zendesk-mcp',
    transport: {
      type: 'stdio',
      command: process.execPath,
      args: ['--no-warnings', join(import.meta.dirname, '../fixtures/zendesk-emulator-child.ts'), folder],
    },
    settleMs: 0,
    ...more,
  });
  const adapter = createTicketing(config, { book: noBook, clock: systemClock, newId, environment: {} });
  return Promise.resolve({
    adapter,
    desk,
    keepsTags: true,
    ticketCount: () => Promise.resolve(desk.records.length),
    notesOf: ticketId => {
      const comments = (desk.records.find(({ id }) => String(id) === ticketId)?.['comments'] ?? []) as {
        readonly comment: string;
        readonly isPublic: boolean;
      }[];
      const said = (isPublic: boolean) =>
        comments.filter(one => one.isPublic === isPublic).map(({ comment }) => comment);
      return Promise.resolve({ internal: said(false), open: said(true) });
    },
    fault: fault => (desk.fault = fault),
    close: async () => {
      await adapter.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

/** The ServiceNow adapter, speaking MCP over streamable HTTP. `restart` forgets every session. */
export async function serviceNowHarness(
  more: Readonly<Record<string, unknown>> = {},
): Promise<RemoteHarness & { restart(): Promise<void> }> {
  const folder = folderOf('servicenow');
  const desk = new EmulatedDesk(folder);
  let server: EmulatedHttpServer = await startServiceNow(desk);
  const { port } = server;
  const config = ticketingConfigSchema.parse({
    adapter: 'servicenow-mcp',
    transport: { type: 'http', url: `http://127.0.0.1:${String(port)}/mcp` },
    ...more,
  });
  const adapter = createTicketing(config, { book: noBook, clock: systemClock, newId, environment: {} });
  return {
    adapter,
    desk,
    keepsTags: false,
    ticketCount: () => Promise.resolve(desk.records.length),
    notesOf: ticketId =>
      Promise.resolve({
        internal: (desk.records.find(record => record['sys_id'] === ticketId)?.['notes'] ?? []) as string[],
        open: [],
      }),
    fault: (fault: DeskFault | null) => (desk.fault = fault),
    restart: async () => {
      await server.close();
      server = await startServiceNow(desk, port);
    },
    close: async () => {
      await adapter.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
