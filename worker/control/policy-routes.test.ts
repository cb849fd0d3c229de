import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { PolicyBook } from '#worker/rulebook/policy-book.ts';
import { PolicyDocuments } from '#worker/rulebook/policy-documents.ts';
import { PolicyDesk } from '#worker/rulebook/policy-desk.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { storedCall } from '#tests/fixtures/stored-call.ts';
import { LOCAL_ADMIN } from './demo-people.ts';
import { startControl } from './start-control.ts';

const SECRET = 'a-boot-secret-of-some-length';
const SHIPPED = new URL('../../resources/policies', import.meta.url).pathname;
let close = (): Promise<void> => Promise.resolve();
let ask: (
  path: string,
  token: string,
  body?: unknown,
) => Promise<{ status: number; body: Record<string, unknown> }>;
let tokenOf: (userId: string) => Promise<string>;
let admin = '';
let applied: string[] = [];

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-policies-'));
  const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  await store.append(
    storedCall('past').map((event, position) => ({
      position,
      event: { ...event, orgId: LOCAL_ADMIN.orgId },
    })),
  );
  applied = [];
  const book = new PolicyBook({
    clock: systemClock,
    shipped: SHIPPED,
    folder: join(folder, 'policies'),
    ask: null,
    onApplied: (_orgId, label, by) => applied.push(`${label} by ${by}`),
    onRefused: () => undefined,
  });
  const documents = new PolicyDocuments({
    book: store,
    rules: book,
    clock: systemClock,
    onPublished: () => undefined,
    onError: error => {
      throw error;
    },
  });
  await documents.start(LOCAL_ADMIN.orgId);
  const control = await startControl({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    newId: () => `id-${String(Math.random())}`,
    workerId: 'w1',
    brain: 'b',
    voice: 'v',
    journal: new MemoryJournal(),
    store,
    desk: {
      run: () => Promise.reject(new Error('no call runs here')),
      beat: () => undefined,
      gone: () => undefined,
      openCalls: () => [],
      onNotice: () => () => undefined,
    },
    media: new LoopbackMediaPlane(),
    appendToCall: () => false,
    ringCaller: null,
    policies: new PolicyDesk(book, store, documents),
    bootSecret: SECRET,
    keyFile: join(folder, 'key'),
    recordings: join(folder, 'recordings'),
  });
  close = async () => {
    await control.close();
    await store.close();
  };
  ask = async (path, token, body) => {
    const response = await fetch(`http://127.0.0.1:${String(control.port)}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  admin = String((await ask('/api/sessions', '', { bootSecret: SECRET })).body['token']);
  tokenOf = async userId => String((await ask('/api/sessions', admin, { userId })).body['token']);
});
afterEach(() => close());

const stricter = {
  format: 2,
  name: 'own',
  version: 1,
  policies: [{ kind: 'phrases', name: 'no-here', phrases: ['it is here'] }],
};

describe('policies over the control API', () => {
  test('[POL27] a supervisor reads the documents and may not change or try them', async () => {
    const supervisor = await tokenOf('user-tanaka');
    const { status, body } = await ask('/api/policies', supervisor);
    expect([status, body['label'], body['problems']]).toEqual([200, 'calls@1+demo@1', []]);
    expect((body['documents'] as { source: string }[]).map(({ source }) => source)).toEqual([
      'shipped',
      'shipped',
    ]);
    for (const path of ['/api/policies', '/api/policies/preview'])
      expect(await ask(path, supervisor, { document: stricter })).toMatchObject({
        status: 403,
        body: { error: { code: 'access.denied' } },
      });
    expect((await ask('/api/policies', '')).status).toBe(401);
  });

  test('[POL27][POL25][POL23] an admin tries a document on past calls, publishes it once, and is named', async () => {
    expect(await ask('/api/policies/preview', admin, { document: stricter })).toMatchObject({
      status: 200,
      body: {
        label: 'calls@1+demo@1+own@1',
        callCount: 1,
        judgedCount: 1,
        changes: [{ callId: 'past' as CallId, change: 'newly-vetoed', after: { policy: 'no-here' } }],
      },
    });
    expect((await ask('/api/policies', admin)).body['label']).toBe('calls@1+demo@1');
    expect(await ask('/api/policies', admin, { document: stricter })).toMatchObject({
      status: 200,
      body: { label: 'calls@1+demo@1+own@1' },
    });
    expect(applied).toEqual([`calls@1+demo@1+own@1 by ${LOCAL_ADMIN.userId}`]);
    expect(await ask('/api/policies', admin, { document: stricter })).toMatchObject({
      status: 409,
      body: { error: { code: 'policy.version-taken' } },
    });
    expect((await ask('/api/policies', admin)).body).toMatchObject({ versions: ['own@1'] });
  });

  test('[REP1] a draft is tried on the calls of a window, what is in force where there is none, and nothing changes', async () => {
    const window = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
    const replayed = await ask('/api/policies/replay', admin, { ...window, text: JSON.stringify(stricter) });
    expect(replayed).toMatchObject({
      status: 200,
      body: {
        callCount: 1,
        judgedCount: 1,
        changes: [{ callId: 'past', seq: 4, change: 'newly-vetoed' }],
        clusters: [],
      },
    });
    expect(await ask('/api/policies/replay', admin, { ...window, text: '' })).toMatchObject({
      body: { judgedCount: 1, changes: [] },
    });
    expect(await ask('/api/policies/replay', admin, { fromMs: 1, toMs: 2, text: '' })).toMatchObject({
      body: { callCount: 0 },
    });
    expect(await ask('/api/policies/replay', admin, { ...window, text: '{"half' })).toMatchObject({
      body: { error: { code: 'policy.invalid' } },
    });
    expect((await ask('/api/policies', admin)).body['label']).toBe('calls@1+demo@1');
    const supervisor = await tokenOf('user-tanaka');
    expect((await ask('/api/policies/replay', supervisor, { ...window, text: '' })).status).toBe(403);
  });

  test('[POL2] a document that does not fit is refused with the place of every fault', async () => {
    const document = {
      ...stricter,
      policies: [{ kind: 'phrases', name: 'no-here', phrases: ['a'], extra: 1 }],
    };
    const { status, body } = await ask('/api/policies', admin, { document });
    expect([status, (body['error'] as { code: string }).code]).toEqual([400, 'policy.invalid']);
    const { message } = body['error'] as { message: string };
    expect(message).toContain('policies[0].phrases[0]: has 1 characters');
    expect(message).toContain('policies[0].extra: is not a field');
  });
});
