import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { TicketingAdapter } from '#shared/adapters/ticketing-adapter.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import {
  localHarness,
  serviceNowHarness,
  zendeskHarness,
  type OpenHarness,
} from '#tests/contract/ticketing-harnesses.ts';
import { allOf, draftOf, reading, TICKETING_CONTRACT, writing } from '#tests/contract/ticketing.contract.ts';
import { loadTicketing } from './load-ticketing.ts';
import { fillTemplate, queryWords, readPath } from './tool-mapping.ts';

const open: OpenHarness[] = [];
afterEach(async () => {
  for (const harness of open.splice(0)) await harness.close();
});
async function started<Harness extends OpenHarness>(start: () => Promise<Harness>): Promise<Harness> {
  const harness = await start();
  open.push(harness);
  return harness;
}

describe.each([
  ['local', localHarness],
  ['Zendesk over stdio', zendeskHarness],
  ['ServiceNow over HTTP', serviceNowHarness],
] as const)('TicketingAdapter contract: %s', (_name, start) => {
  test.each(TICKETING_CONTRACT)(
    '$title',
    async ({ run }) => run(await started<OpenHarness>(() => start())),
    60_000,
  );
});

type Bend = (adapter: TicketingAdapter) => Partial<TicketingAdapter>;
let made = 0;
/** Ways a ticket system can lie, and the rule that must notice. */
const SABOTAGES: readonly { readonly name: string; readonly breaks: string; readonly bend: Bend }[] = [
  { name: 'loses an update', breaks: 'TIC3', bend: () => ({ updateTicket: () => Promise.resolve() }) },
  {
    name: 'makes a second ticket on a retry',
    breaks: 'TIC2',
    bend: adapter => ({
      createTicket: (draft, context) =>
        adapter.createTicket(
          draft,
          context.isRetry ? { ...context, idempotencyKey: `r${String((made += 1))}` } : context,
        ),
    }),
  },
  {
    name: 'ignores the key',
    breaks: 'TIC2',
    bend: adapter => ({
      createTicket: (draft, context) =>
        adapter.createTicket(draft, { ...context, idempotencyKey: `n${String((made += 1))}` }),
    }),
  },
  {
    name: 'shows tickets of other orgs',
    breaks: 'TIC5',
    bend: adapter => ({ searchTickets: query => adapter.searchTickets(query, reading()) }),
  },
  {
    name: 'changes tickets of other orgs',
    breaks: 'TIC5',
    bend: adapter => ({
      updateTicket: (id, patch, context) => adapter.updateTicket(id, patch, { ...context, ...reading() }),
    }),
  },
  {
    name: 'hangs and does not listen',
    breaks: 'TIC7',
    bend: adapter => ({
      createTicket: (draft, context) =>
        context.idempotencyKey === 'k2' ? new Promise(() => undefined) : adapter.createTicket(draft, context),
    }),
  },
  {
    name: 'forgets how urgent it is',
    breaks: 'TIC1',
    bend: adapter => ({
      createTicket: (draft, context) => adapter.createTicket({ ...draft, priority: 'normal' }, context),
    }),
  },
  {
    name: 'is silent about a ticket that does not exist',
    breaks: 'TIC6',
    bend: adapter => ({
      addInternalNote: (...args) => adapter.addInternalNote(...args).catch(() => undefined),
    }),
  },
  {
    name: 'says that all is well',
    breaks: 'TIC8',
    bend: () => ({
      check: async function* () {
        yield await Promise.resolve({
          step: 'search',
          ok: true,
          tookMs: 0,
          detail: 'fine',
          code: null,
        } as const);
      },
    }),
  },
  { name: 'drops notes', breaks: 'TIC4', bend: () => ({ addInternalNote: () => Promise.resolve() }) },
];

describe('the contract notices an adapter that', { timeout: 60_000 }, () => {
  test.each(SABOTAGES)('[TIC1][TIC2][TIC3][TIC4][TIC5][TIC6][TIC7][TIC8] $name', async ({ breaks, bend }) => {
    const results = await Promise.allSettled(
      TICKETING_CONTRACT.filter(({ title }) => title.startsWith(`[${breaks}]`)).map(async ({ run }) => {
        const harness = await started(localHarness);
        const { adapter } = harness;
        const bent = Object.assign(Object.create(adapter) as TicketingAdapter, bend(adapter));
        await run({ ...harness, adapter: bent });
      }),
    );
    expect(results.some(result => result.status === 'rejected')).toBe(true);
  });
});

describe('a server that is a stranger', { timeout: 60_000 }, () => {
  test('[TIC10] names, arguments and words of a server that differs are configuration', async () => {
    const harness = await started(() =>
      zendeskHarness({
        tools: {
          search: {
            name: 'search_tickets',
            args: { query: 'tags:{orgMark} subject {text}' },
            tickets: 'results',
          },
          priority: { low: 'low', normal: ['normal', 'high'], high: 'urgent', urgent: 'urgent' },
        },
      }),
    );
    await harness.adapter.createTicket(draftOf('subject of a lamp'), writing('k1'));
    expect(harness.desk.records[0]).toMatchObject({ priority: 'urgent', requester_name: 'Elena Fischer' });
    expect(await harness.adapter.searchTickets({ text: 'lamp', limit: 3 }, reading())).toMatchObject([
      { subject: 'subject of a lamp', priority: 'high' },
    ]);
    const filled = fillTemplate(
      { a: '{n}', b: 'x {n} {l}', c: '{none}', d: [1, '{none}'] },
      { n: 5, l: ['p', 'q'] },
    );
    expect(filled).toEqual({ a: 5, b: 'x 5 p, q', d: [1] });
    expect(readPath({ a: [{ b: 1 }] }, 'a.0.b')).toBe(1);
    expect(readPath({}, 'constructor.name')).toBeUndefined();
    expect(queryWords('lamp^ORactive=true tags:x "a*b"')).toBe('lamp ORactive true tags x a b');
  });

  test.each([
    ['busy', { code: 'ticketing.busy', retryable: true }],
    ['refuses', { code: 'ticketing.refused', retryable: false }],
    ['garbage', { code: 'ticketing.malformed', retryable: false }],
    ['huge', { code: 'ticketing.malformed', retryable: false }],
  ] as const)(
    '[TIC12] an answer that is %s becomes a code, and its words go no further',
    async (fault, body) => {
      for (const start of [zendeskHarness, serviceNowHarness]) {
        const { adapter, desk } = await started<OpenHarness & { readonly desk: { fault: unknown } }>(() =>
          start(),
        );
        desk.fault = fault;
        const failure = await adapter
          .createTicket(draftOf('Lamp'), writing('k1'))
          .catch((error: unknown) => error);
        expect(failure).toMatchObject({ body });
        expect(JSON.stringify(failure)).not.toMatch(/sk-12345|5550|html|xxx/u);
      }
    },
  );

  test('[TIC13] a server that died or was started anew is connected to by the next call', async () => {
    const zendesk = await started(zendeskHarness);
    await zendesk.adapter.createTicket(draftOf('Lamp'), writing('k1'));
    zendesk.desk.fault = 'dies';
    await expect(zendesk.adapter.searchTickets({ text: '', limit: 5 }, reading())).rejects.toMatchObject({
      body: { code: 'ticketing.unreachable', retryable: true },
    });
    expect(await zendesk.adapter.searchTickets({ text: '', limit: 5 }, reading())).toHaveLength(1);

    const serviceNow = await started(serviceNowHarness);
    await serviceNow.adapter.createTicket(draftOf('Lamp'), writing('k1'));
    await serviceNow.restart();
    // A connection that was kept open may break under the first call: that one is told so, and not believed to be unheard.
    await serviceNow.adapter
      .searchTickets({ text: '', limit: 5 }, reading())
      .catch((error: unknown) => expect(error).toMatchObject({ body: { code: 'ticketing.unreachable' } }));
    expect(await serviceNow.adapter.searchTickets({ text: '', limit: 5 }, reading())).toHaveLength(1);
  });

  test('[TIC13] where nobody listens is unreachable, and may pass', async () => {
    const { adapter } = await started(() =>
      serviceNowHarness({ transport: { type: 'http', url: 'http://127.0.0.1:39519/mcp' } }),
    );
    await expect(adapter.searchTickets({ text: '', limit: 5 }, reading())).rejects.toMatchObject({
      body: { code: 'ticketing.unreachable', retryable: true },
    });
  });

  test('[TIC14] a tool or an argument that the server does not have is named by the check', async () => {
    const update = { name: 'edit_ticket', args: {} };
    const { adapter } = await started(() => zendeskHarness({ tools: { update } }));
    const steps = await allOf(adapter.check(reading()));
    expect(steps.map(({ step, ok }) => [step, ok])).toEqual([
      ['connect', true],
      ['list-tools', true],
      ['map', false],
    ]);
    expect(steps.at(-1)).toMatchObject({
      code: 'ticketing.misconfigured',
      detail: expect.stringContaining('edit_ticket') as unknown,
    });
    const note = { name: 'create_ticket_comment', args: { ticket_id: '{ticketId}', body: '{note}' } };
    const other = await started(() => zendeskHarness({ tools: { note } }));
    expect((await allOf(other.adapter.check(reading()))).at(-1)?.detail).toContain('comment');
  });

  test('[TIC11][TIC15] a file that does not fit is refused with the place, and only safe addresses are taken', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sidetone-ticketing-'));
    const file = join(folder, 'ticketing.json');
    const load = (content: unknown) => {
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      return loadTicketing(file, {
        book: null as never,
        clock: systemClock,
        newId: () => 'id',
        environment: {},
      });
    };
    const transport = {
      type: 'http',
      url: 'https://mcp.example.org/mcp',
      headers: { authorization: 'Bearer $TOKEN' },
    };
    expect(load({ adapter: 'zendesk-mcp', transport }).provider).toBe('zendesk-mcp');
    expect(load({ adapter: 'servicenow-mcp', transport }).dedupe).toEqual({ kind: 'search', settleMs: 0 });
    expect(() => load('{')).toThrow(/not valid JSON/u);
    expect(() => load({ adapter: 'zendesk' })).toThrow(/adapter/u);
    expect(() => load({ adapter: 'zendesk-mcp', transport: { type: 'stdio' } })).toThrow(
      /transport\.command/u,
    );
    expect(() => load({ adapter: 'zendesk-mcp', transport, tools: { create: { name: '' } } })).toThrow(
      /tools\.create/u,
    );
    expect(() =>
      load({ adapter: 'zendesk-mcp', transport: { ...transport, url: 'http://mcp.example.org/mcp' } }),
    ).toThrow(/transport\.url: must be https/u);
    expect(() =>
      loadTicketing(join(folder, 'none.json'), {
        book: null as never,
        clock: systemClock,
        newId: () => 'id',
        environment: {},
      }),
    ).toThrow(/cannot be read/u);
  });

  test('[TIC11] a secret that is named and not set is said, by name only', async () => {
    const { adapter } = await started(() =>
      serviceNowHarness({
        transport: {
          type: 'http',
          url: 'http://127.0.0.1:9/mcp',
          headers: { authorization: 'Bearer $SN_TOKEN' },
        },
      }),
    );
    const [step] = await allOf(adapter.check(reading()));
    expect(step).toMatchObject({ step: 'connect', ok: false, code: 'ticketing.misconfigured' });
    expect(step?.detail).toContain('SN_TOKEN');
  });
});
