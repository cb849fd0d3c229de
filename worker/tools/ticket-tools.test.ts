import { expect, test } from 'vitest';
import type { TicketRowQuery } from '#shared/adapters/ticket-book.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { toolContext } from '#tests/fakes/tool-context.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { ticketTools } from './ticket-tools.ts';
import type { ToolContext } from './tool-definition.ts';
import { ToolRegistry } from './tool-registry.ts';

function bench() {
  const queries: TicketRowQuery[] = [];
  const row = { ticketId: 't', subject: 'Lamp', status: 'open', priority: 'high', tags: [] } as const;
  const registry = new ToolRegistry(
    ticketTools({
      tickets: (_orgId, query) => {
        queries.push(query);
        return Promise.resolve([
          { ...row, externalRef: null, provider: 'local', createdAtMs: 0, updatedAtMs: 0 },
        ]);
      },
    }),
  );
  const run = (tool: string, args: unknown, context: ToolContext) =>
    registry.run(tool, args, {
      allowed: [tool],
      effects: 'all',
      approvedBy: [],
      context,
      deadlineMs: 1000,
      signal: new AbortController().signal,
      clock: createVirtualClock(),
      newId: () => 'id',
    });
  return { run, queries };
}
const wish = { subject: 'Lamp broken', description: 'It came broken.', priority: 'high', tags: [] };

test('[TIC30] the same wish in one call is one request; in another call it is another', async () => {
  const { run } = bench();
  const context = toolContext();
  const first = await run('create_ticket', wish, context);
  expect(first).toMatchObject({ status: 'ok' });
  await run('create_ticket', { ...wish, subject: 'LAMP broken', priority: 'low' }, context);
  expect(context.written).toHaveLength(1);
  expect(context.written[0]).toMatchObject({
    type: 'ticket.requested',
    turnId: 'turn-1',
    operation: {
      kind: 'create',
      draft: {
        requester: { name: 'Elena Fischer', phone: '+49 30 5550 142' },
        metadata: { conversationId: 'call-1' },
      },
    },
  });
  const other = toolContext({ callId: 'call-2' as CallId });
  await run('create_ticket', wish, other);
  expect(other.written).toHaveLength(1);
  const ids = [context, other].map(
    ({ written: [draft] }) => draft && 'requestId' in draft && draft.requestId,
  );
  expect(new Set(ids).size).toBe(2);
});

test('[TIC31] a search is for this caller only, in our own record; a withheld number has no tickets', async () => {
  const { run, queries } = bench();
  const found = await run('search_tickets', { query: 'lamp' }, toolContext());
  expect(found.facts).toEqual([{ name: 'ticket', value: 'Lamp: open' }]);
  expect(queries).toEqual([{ text: 'lamp', limit: 5, phone: '+49 30 5550 142' }]);
  const withheld = await run(
    'search_tickets',
    { query: '' },
    toolContext({ caller: { name: '', phone: null } }),
  );
  expect(withheld.facts).toEqual([{ name: 'tickets', value: 'none' }]);
  expect(queries).toHaveLength(1);
  expect(await run('search_tickets', { query: '', phone: '+49' }, toolContext())).toMatchObject({
    status: 'refused',
  });
});

test('[TIC32] a card number is in no request', async () => {
  const { run } = bench();
  const context = toolContext();
  const card = 'four one one one 1111 1111 1111';
  await run('create_ticket', { ...wish, subject: `Card ${card}`, description: card }, context);
  await run('add_internal_note', { ticketId: 't', note: `said ${card}` }, context);
  expect(context.written).toHaveLength(2);
  expect(JSON.stringify(context.written)).not.toMatch(/1111|one one/u);
});
