import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { CallId } from '#shared/domain/ids.ts';
import { errorBodySchema } from '#shared/errors/app-error.ts';
import { PROTOCOL_VERSION, type WorkerMessage } from '#shared/protocol/stream.ts';
import { knowledgeChangesSchema, pushAnswerSchema } from '#shared/protocol/knowledge.ts';
import { DEMO_ORG, knowledgeBench, type KnowledgeBench } from '#tests/fakes/knowledge-bench.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { saved } from '#tests/fixtures/knowledge-revisions.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { askControl, BOOT_SECRET, quietControl, quietDesk } from '#tests/fixtures/quiet-control.ts';
import { KNOWLEDGE_ROUTES } from './knowledge-routes.ts';
import { startControl, type Control } from './start-control.ts';

const callId = 'call-1' as CallId;
const folder = mkdtempSync(join(tmpdir(), 'sidetone-knowledge-routes-'));
let knowledge: KnowledgeBench;
let control: Control;
let url: string;
const tokens: Record<'admin' | 'supervisor' | 'agent', string> = { admin: '', supervisor: '', agent: '' };

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> & { readonly error?: { readonly code: string } };
}

async function ask(path: string, token: string | null, body?: unknown): Promise<Answer> {
  const response = await askControl(url, path, body, token ?? undefined);
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

beforeAll(async () => {
  knowledge = await knowledgeBench();
  const journal = new MemoryJournal();
  const desk = quietDesk({
    run: () => Promise.resolve({ seq: 1, mic: 'monitor', tookMs: 1 }),
    openCalls: () => [callId],
  });
  control = await startControl({
    ...quietControl(knowledge.store, folder),
    journal,
    desk,
    appendToCall: () => true,
    knowledge: knowledge.desk,
    knowledgeWatch: knowledge.watch,
  });
  journal.append({ ...eventOf(callId, 0, RINGING), orgId: DEMO_ORG });
  url = `http://127.0.0.1:${String(control.port)}`;
  tokens.admin = String((await ask('/api/sessions', null, { bootSecret: BOOT_SECRET })).body['token']);
  for (const [role, userId] of [
    ['supervisor', 'user-tanaka'],
    ['agent', 'user-lind'],
  ] as const)
    tokens[role] = String((await ask('/api/sessions', tokens.admin, { userId })).body['token']);
}, 60_000);
afterAll(async () => {
  await control.close();
  await knowledge.stop();
  rmSync(folder, { recursive: true, force: true });
});

const post = (name: keyof typeof KNOWLEDGE_ROUTES): string =>
  KNOWLEDGE_ROUTES[name].path.replace(':id', callId).replace(':sha256', 'f'.repeat(64));

describe('routes of knowledge', { timeout: 60_000 }, () => {
  test('[API46] a desk pushes, follows the counter, and an admin publishes; a supervisor may not', async () => {
    const new_ = saved('d-0', null, ['Parasols fold.'], { docId: 'parasols', fields: { title: 'Parasols' } });
    const pushed = await ask('/api/knowledge/revisions', tokens.supervisor, { revisions: [new_] });
    expect(pushAnswerSchema.parse(pushed.body).answers).toEqual([
      { revisionId: 'd-0', outcome: 'forwarded' },
    ]);
    const version = Number(pushed.body['version']);
    const changes = await ask(`/api/knowledge/changes?after=${String(version - 1)}`, tokens.agent);
    expect(knowledgeChangesSchema.parse(changes.body)).toMatchObject({
      version,
      documents: [{ docId: 'parasols', headId: 'd-0' }],
      revisions: [{ author: 'Jun Tanaka' }],
    });
    const wish = { docId: 'parasols', revisionId: 'd-0' };
    expect((await ask('/api/knowledge/publish', tokens.supervisor, wish)).status).toBe(403);
    expect((await ask('/api/knowledge/publish', tokens.admin, wish)).body).toMatchObject({
      publishedId: 'd-0',
      version: version + 1,
    });
  });

  test('[API46] each route asks for its right, and for a session', async () => {
    const bodies = {
      publishKnowledge: { docId: 'a', revisionId: 'b' },
      upsertKnowledge: { docId: 'a', title: 'A', markdown: 'Text.' },
      askKnowledge: { question: 'Do parasols fold?', draft: null },
      patchCallKnowledge: { docId: 'a', title: 'A', markdown: 'Text.' },
    } as const;
    for (const [name, body] of Object.entries(bodies)) {
      const path = post(name as keyof typeof bodies);
      expect([name, (await ask(path, null, body)).body.error?.code]).toEqual([
        name,
        'access.unauthenticated',
      ]);
      expect([name, (await ask(path, tokens.agent, body)).body.error?.code]).toEqual([name, 'access.denied']);
    }
    expect((await ask('/api/knowledge/upsert', tokens.supervisor, bodies.upsertKnowledge)).status).toBe(403);
    for (const path of ['/api/knowledge/changes', '/api/knowledge/snapshot', post('knowledgePart')])
      expect((await ask(path, null)).body.error?.code).toBe('access.unauthenticated');
  });

  test('[API46][KN30] a part is fetched once in its life: bytes that never change, under their hash', async () => {
    const { body } = await ask('/api/knowledge/snapshot', tokens.agent);
    const [{ sha256 = '' } = {}] = body['parts'] as { readonly sha256: string }[];
    const fetchPart = (more: Record<string, string> = {}) =>
      fetch(`${url}/api/knowledge/parts/${sha256}`, {
        headers: { authorization: `Bearer ${tokens.agent}`, ...more },
      });
    const first = await fetchPart();
    expect(first.headers.get('etag')).toBe(`"${sha256}"`);
    expect(first.headers.get('cache-control')).toContain('immutable');
    expect((await first.arrayBuffer()).byteLength).toBeGreaterThan(100);
    expect((await fetchPart({ 'if-none-match': `"${sha256}"` })).status).toBe(304);
    expect((await ask(post('knowledgePart'), tokens.agent)).status).toBe(404);
    expect((await ask('/api/knowledge/parts/nonsense', tokens.agent)).body.error?.code).toBe('input.invalid');
  });

  test('[API46][KN27] a running call takes another text; one that is not running, or not there, is refused', async () => {
    const body = { docId: 'returns', title: 'Returns', markdown: 'Hats too.' };
    const told = await ask(post('patchCallKnowledge'), tokens.supervisor, body);
    expect(told.status).toBe(200);
    expect(knowledge.told.at(-1)).toMatchObject({ type: 'knowledge.patched', userName: 'Jun Tanaka' });
    const gone = await ask('/api/calls/nobody/knowledge', tokens.supervisor, body);
    expect(gone.body.error?.code).toBe('call.unknown');
    expect((await ask('/api/knowledge/usage?docId=nothing', tokens.agent)).body.error?.code).toBe(
      'knowledge.unknown',
    );
    expect((await ask('/api/knowledge/usage?docId=returns', tokens.agent)).body['days']).toHaveLength(7);
  });

  test('[KN32] a desk is told the counter when it subscribes and whenever it changes, and nothing else', async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/stream`, {
      headers: { authorization: `Bearer ${tokens.agent}` },
    });
    const versions: number[] = [];
    let wake: () => void = () => undefined;
    socket.on('message', data => {
      const message = JSON.parse((data as Buffer).toString('utf8')) as WorkerMessage;
      if (message.type !== 'knowledge') return;
      expect(Object.keys(message).sort()).toEqual(['type', 'version']);
      versions.push(message.version);
      wake();
    });
    const until = async (version: number): Promise<void> => {
      while (!versions.includes(version)) await new Promise<void>(resolve => (wake = resolve));
    };
    await new Promise(resolve => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'subscribe', protocol: PROTOCOL_VERSION, after: -1 }));
    const { version } = await knowledge.store.knowledgeVersions(DEMO_ORG);
    await until(version);
    const revisions = [saved('n-0', null, ['x'], { docId: 'n' })];
    await ask('/api/knowledge/revisions', tokens.supervisor, { revisions });
    await until(version + 1);
    socket.close();
  });

  test('[API46] a push may be larger than a message, up to a limit', async () => {
    const big = saved('big-0', null, Array<string>(12).fill('x'.repeat(15_000)), { docId: 'big' });
    expect((await ask('/api/knowledge/revisions', tokens.supervisor, { revisions: [big] })).status).toBe(200);
    const tooMuch = await ask(
      '/api/knowledge/revisions',
      tokens.supervisor,
      'x'.repeat(9 * 1024 * 1024),
    ).catch(() => null);
    // Where the connection is cut before everything was sent, there is no answer to read.
    if (tooMuch) expect(tooMuch.body.error?.code).toBe('input.too-large');
    const small = await ask('/api/knowledge/publish', tokens.admin, { x: 'x'.repeat(80_000) });
    expect(small.body.error?.code).toBe('input.too-large');
  });
});

describe('whatever is sent', () => {
  const odd = fc.oneof(
    { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
    fc.constantFrom(null, 0, -1, '', '\0', [], {}, '__proto__', 1e308, 'returns', 'constructor'),
  );
  const revision = fc.record(
    {
      id: fc.oneof(fc.constantFrom('f-1', 'f-2', 'f-3', ''), odd),
      docId: fc.oneof(fc.constantFrom('fuzz', 'returns', '__proto__'), odd),
      parents: fc.oneof(fc.array(fc.constantFrom('f-1', 'f-2', 'f-9'), { maxLength: 3 }), odd),
      author: fc.oneof(fc.string(), odd),
      deviceId: fc.oneof(fc.constant('desk'), odd),
      savedAtMs: fc.oneof(fc.constantFrom(0, Number.MAX_SAFE_INTEGER), odd),
      blocks: fc.oneof(
        fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'title'), text: fc.string({ unit: 'binary' }) }), {
          maxLength: 3,
        }),
        odd,
      ),
      fields: fc.oneof(fc.record({ title: fc.string({ unit: 'binary' }) }), fc.constant({}), odd),
      isDeleted: fc.oneof(fc.boolean(), odd),
      note: fc.oneof(fc.string(), odd),
      resolves: fc.oneof(fc.array(fc.constantFrom('f-1', 'c-1')), odd),
    },
    { requiredKeys: ['id'] },
  );
  const bodies = fc.oneof(
    { weight: 4, arbitrary: fc.record({ revisions: fc.array(revision, { minLength: 1, maxLength: 4 }) }) },
    fc.record({ docId: odd, revisionId: odd }),
    fc.record({ docId: odd, title: odd, markdown: odd, fields: odd, publish: odd }),
    fc.record({ question: odd, draft: odd }),
    odd,
  );
  const routes = fc.constantFrom(
    post('pushRevisions'),
    post('publishKnowledge'),
    post('upsertKnowledge'),
    post('askKnowledge'),
    post('patchCallKnowledge'),
  );

  test('[KN33] is answered, a refusal with a code, and never as a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(routes, bodies, fc.constantFrom('admin', 'agent'), async (path, body, role) => {
        const answer = await ask(path, tokens[role as 'admin'], JSON.stringify(body) ?? '');
        if (answer.status !== 200) {
          expect(errorBodySchema.parse(answer.body.error).code).not.toBe('bug.invariant');
          expect(answer.status).toBeLessThan(500);
        } else if (path === post('pushRevisions')) pushAnswerSchema.parse(answer.body);
      }),
      { numRuns: 400 },
    );
    const query = fc.oneof(fc.string({ unit: 'binary' }), fc.integer().map(String), fc.constant('1e400'));
    await fc.assert(
      fc.asyncProperty(query, query, async (after, limit) => {
        const path = `/api/knowledge/changes?after=${encodeURIComponent(after.toWellFormed())}&limit=${encodeURIComponent(limit.toWellFormed())}`;
        const answer = await ask(path, tokens.agent);
        if (answer.status === 200) knowledgeChangesSchema.parse(answer.body);
        else expect(answer.body.error?.code).toBe('input.invalid');
      }),
      { numRuns: 60 },
    );
    // And the worker still answers.
    expect((await ask('/api/knowledge/snapshot', tokens.agent)).status).toBe(200);
  }, 120_000);
});
