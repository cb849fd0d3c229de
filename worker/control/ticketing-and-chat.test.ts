import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ChatDesk } from '#shared/adapters/chat-desk.ts';
import type { TicketingAdapter } from '#shared/adapters/ticketing-adapter.ts';
import type { ChatAnswer } from '#shared/protocol/chat.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { createTicketing } from '#worker/ticketing/load-ticketing.ts';
import { zendeskHarness } from '#tests/contract/ticketing-harnesses.ts';
import { draftOf } from '#tests/contract/ticketing.contract.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { askControl, BOOT_SECRET, quietControl } from '#tests/fixtures/quiet-control.ts';
import { LOCAL_ADMIN } from './demo-people.ts';
import { startControl } from './start-control.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const ANSWER: ChatAnswer = {
  conversationId: 'text-1',
  turnId: 'turn-1',
  text: 'Hello.',
  intent: 'UNKNOWN',
  confidenceRatio: 0,
  allowedTools: [],
  sentences: [],
  tools: [],
  tookMs: 1,
};

async function bench(ticketing?: TicketingAdapter, chat?: ChatDesk) {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-control-'));
  const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  const local = createTicketing(
    { adapter: 'local' },
    { book: store, clock: systemClock, newId: () => 'id', environment: {} },
  );
  const control = await startControl({
    ...quietControl(store, folder),
    ticketing: ticketing ?? local,
    ...(chat ? { chat } : {}),
  });
  cleanups.push(async () => {
    await control.close();
    await store.close();
  });
  const ask = async (path: string, token?: string, body?: unknown) => {
    const response = await askControl(`http://127.0.0.1:${String(control.port)}`, path, body, token);
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  const admin = String((await ask('/api/sessions', undefined, { bootSecret: BOOT_SECRET })).body['token']);
  const sessionOf = async (userId: string): Promise<string> =>
    String((await ask('/api/sessions', admin, { userId })).body['token']);
  return { ask, admin, sessionOf, store };
}

describe('the ticket system on demand', { timeout: 30_000 }, () => {
  test('[API44] the own database answers without setup', async () => {
    const { ask, admin } = await bench();
    const { status, body } = await ask('/api/ticketing/test', admin, {});
    expect(status).toBe(200);
    expect(body).toMatchObject({ provider: 'local', ok: true, steps: [{ step: 'search', ok: true }] });
  });

  test('[API44] a server over MCP is tried step by step, and nothing is made there', async () => {
    const harness = await zendeskHarness();
    cleanups.push(() => harness.close());
    const { ask, admin } = await bench(harness.adapter);
    const { body } = await ask('/api/ticketing/test', admin, {});
    expect(body).toMatchObject({
      provider: 'zendesk-mcp',
      ok: true,
      steps: [{ step: 'connect' }, { step: 'list-tools' }, { step: 'map' }, { step: 'search' }],
    });
    expect(harness.desk.records).toEqual([]);
    harness.desk.fault = 'refuses';
    const failed = await ask('/api/ticketing/test', admin, {});
    expect(failed.body).toMatchObject({ ok: false });
    expect(JSON.stringify(failed.body)).toContain('ticketing.refused');
    // Times have digits of their own.
    const words = JSON.stringify(failed.body, (_key, value: unknown) =>
      typeof value === 'number' ? null : value,
    );
    expect(words).not.toContain('5550');
  });

  test('[API44] only who may set it up may try it', async () => {
    const { ask, sessionOf } = await bench();
    const { status, body } = await ask('/api/ticketing/test', await sessionOf('user-tanaka'), {});
    expect([status, body]).toMatchObject([403, { error: { code: 'access.denied' } }]);
    expect((await ask('/api/ticketing/test', undefined, {})).status).toBe(401);
  });
});

describe('what a call led to', () => {
  test('[API45][TIC25] requests and tool calls of a call of the own org can be read', async () => {
    const { ask, admin, store } = await bench();
    const mine = (seq: number, draft: Parameters<typeof eventOf>[2]) => ({
      ...eventOf('call-9', seq, draft),
      orgId: LOCAL_ADMIN.orgId,
    });
    await store.append([
      { position: 0, event: mine(0, RINGING) },
      {
        position: 1,
        event: mine(1, {
          type: 'ticket.requested',
          requestId: 'r1',
          operation: { kind: 'create', draft: draftOf('Lamp') },
        }),
      },
      {
        position: 2,
        event: mine(2, {
          type: 'tool.finished',
          auditId: 'a1',
          tool: 'create_ticket',
          status: 'ok',
          latencyMs: 1,
          requestHash: 'r',
          responseHash: 's',
          redactedRequest: '{}',
          redactedResponse: '{}',
        }),
      },
    ]);
    expect((await ask('/api/calls/call-9/tickets', admin)).body).toMatchObject({
      requests: [{ requestId: 'r1', kind: 'create', state: 'waiting', ticketId: null }],
    });
    expect((await ask('/api/calls/call-9/tool-calls', admin)).body).toMatchObject({
      toolCalls: [{ id: 'a1', tool: 'create_ticket', status: 'ok' }],
    });
    for (const path of ['tickets', 'tool-calls'])
      expect((await ask(`/api/calls/no-such/${path}`, admin)).status).toBe(404);
  });
});

describe('a conversation in text', () => {
  const chat: ChatDesk = { chat: () => Promise.resolve(ANSWER) };

  test('[API42] needs the right to converse', async () => {
    const { ask, sessionOf } = await bench(undefined, chat);
    const said = { text: 'Hello' };
    const supervisor = await ask('/api/voice/chat', await sessionOf('user-tanaka'), said);
    expect([supervisor.status, supervisor.body]).toEqual([200, ANSWER]);
    const agent = await ask('/api/voice/chat', await sessionOf('user-lind'), said);
    expect([agent.status, agent.body]).toMatchObject([403, { error: { code: 'access.denied' } }]);
    expect((await ask('/api/voice/chat', undefined, said)).status).toBe(401);
  });

  test('[API42] what is not understood is refused with a code', async () => {
    const { ask, admin } = await bench(undefined, chat);
    for (const body of [{}, { text: '' }, { text: 'x'.repeat(3000) }, { text: 'Hi', audio: true }])
      expect((await ask('/api/voice/chat', admin, body)).body).toMatchObject({
        error: { code: 'input.invalid' },
      });
    const without = await bench();
    expect((await without.ask('/api/voice/chat', without.admin, { text: 'Hi' })).body).toMatchObject({
      error: { code: 'input.invalid' },
    });
  });
});
