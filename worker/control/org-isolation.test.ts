import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import { callQuerySchema } from '#shared/domain/call-list.ts';
import { consultationQuerySchema } from '#shared/domain/consultation.ts';
import { PROTOCOL_VERSION } from '#shared/protocol/stream.ts';
import { noteOf, writeNote } from '#worker/media/recorder/recording-note.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import type { Store } from '#worker/store/store.ts';
import { person } from '#tests/contract/accounts.contract.ts';
import { knowledgeBench, type KnowledgeBench } from '#tests/fakes/knowledge-bench.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { saved } from '#tests/fixtures/knowledge-revisions.ts';
import { recordingOrder } from '#tests/fixtures/recording-order.ts';
import { eventOf, ORG, RINGING, storedCall } from '#tests/fixtures/stored-call.ts';
import { quietControl, quietDesk } from '#tests/fixtures/quiet-control.ts';
import type { Route } from './route.ts';
import { ROUTES, type RouteName } from './routes.ts';
import { startControl, type Control } from './start-control.ts';

const OTHER = 'org-2' as OrgId;
const PASSWORD = 'correct horse battery';
const MARKS = /elena|fischer|5550 142|where is it|it is here|ann@|org-1|c1-chunk/iu;

/**
 * How each route is kept to the session's org. `nobodys`: it gives nothing of any org. `orgs`: it gives what the org of the session
 * has. `one-of-orgs`: it names something, which has to be of that org. `socket`: tried below on its own.
 */
type Kind = 'nobodys' | 'orgs' | 'one-of-orgs' | 'socket';
interface Asking {
  readonly kind: Kind;
  readonly body?: unknown;
  readonly query?: string;
}

const elena = { by: 'name', value: 'Elena Fischer' };
const ASKED: Readonly<Record<RouteName, Asking>> = {
  health: { kind: 'nobodys' },
  ready: { kind: 'nobodys' },
  metrics: { kind: 'nobodys' },
  openapi: { kind: 'nobodys' },
  createSession: { kind: 'one-of-orgs', body: { userId: 'ann' } },
  currentSession: { kind: 'nobodys' },
  people: { kind: 'orgs' },
  snapshot: { kind: 'orgs' },
  calls: { kind: 'orgs' },
  figures: { kind: 'orgs', query: 'fromMs=0&toMs=1900000000000' },
  callEvents: { kind: 'one-of-orgs' },
  brief: { kind: 'one-of-orgs' },
  conversation: { kind: 'one-of-orgs' },
  spokenProof: { kind: 'one-of-orgs' },
  verdicts: { kind: 'one-of-orgs' },
  recording: { kind: 'one-of-orgs' },
  recordingPeaks: { kind: 'one-of-orgs' },
  recordingHold: { kind: 'one-of-orgs', body: { held: true, reason: 'mine' } },
  command: { kind: 'one-of-orgs', body: { commandId: 'k', verb: 'end-call', args: {} } },
  audioGrant: { kind: 'one-of-orgs', body: { direction: 'listen' } },
  toolCalls: { kind: 'one-of-orgs' },
  ticketRequests: { kind: 'one-of-orgs' },
  ticketingTest: { kind: 'nobodys', body: {} },
  chat: { kind: 'nobodys', body: { message: 'hello' } },
  startSession: { kind: 'nobodys', body: {} },
  endSession: { kind: 'one-of-orgs', body: { callId: 'open-1' } },
  signIn: { kind: 'nobodys', body: { email: 'ann@example.test', password: 'x', device: 'a-device' } },
  refreshSession: { kind: 'nobodys', body: { refreshToken: 'x'.repeat(40), device: 'a-device' } },
  signOut: { kind: 'nobodys', body: {} },
  ownAccount: { kind: 'nobodys' },
  renameOwnAccount: { kind: 'nobodys', body: { name: 'Eve' } },
  changePassword: { kind: 'nobodys', body: { password: 'x', newPassword: 'a long new password' } },
  accounts: { kind: 'orgs' },
  addAccount: { kind: 'nobodys', body: { email: 'new@example.test', name: 'New', role: 'agent' } },
  changeAccount: { kind: 'one-of-orgs', body: { role: 'agent' } },
  resetPassword: { kind: 'one-of-orgs', body: {} },
  retention: { kind: 'orgs' },
  chooseRetention: { kind: 'orgs', body: { profile: 'summaries-only' } },
  erasedCalls: { kind: 'orgs' },
  findPerson: { kind: 'orgs', body: { person: elena } },
  exportPerson: { kind: 'orgs', body: { person: elena } },
  erasePerson: { kind: 'orgs', body: { person: elena, calls: 1, reason: 'asked' } },
  ownShop: { kind: 'orgs' },
  ownCalls: { kind: 'orgs' },
  policies: { kind: 'nobodys' },
  publishPolicies: { kind: 'nobodys', body: { document: {} } },
  previewPolicies: { kind: 'nobodys', body: { document: {} } },
  ownRoomToken: { kind: 'one-of-orgs', query: 'roomName=room-elena' },
  roomToken: {
    kind: 'one-of-orgs',
    body: { roomName: 'room-elena', identity: 'x', participantType: 'agent' },
  },
  openConsultation: { kind: 'nobodys', body: { type: 'support' } },
  consultations: { kind: 'orgs' },
  archiveConsultation: { kind: 'one-of-orgs', body: { archived: true } },
  livekitWebhook: { kind: 'nobodys', body: {} },
  rotateKnowledge: { kind: 'nobodys', body: {} },
  placeCall: { kind: 'nobodys', body: { requestId: 'r', to: '+15550100' } },
  pushRevisions: { kind: 'orgs', body: { revisions: [saved('r2', 'r1', ['Mine now.'])] } },
  knowledgeChanges: { kind: 'orgs', query: 'after=0' },
  publishKnowledge: { kind: 'one-of-orgs', body: { docId: 'doc', revisionId: 'r1' } },
  upsertKnowledge: { kind: 'orgs', body: { docId: 'doc', title: 'Mine', body: 'Mine.' } },
  askKnowledge: { kind: 'orgs', body: { question: 'Where is the parcel of Elena?', draft: null } },
  knowledgeUsage: { kind: 'one-of-orgs', query: 'docId=doc' },
  patchCallKnowledge: {
    kind: 'one-of-orgs',
    body: { docId: 'doc', title: 'Mine', markdown: 'Mine.' },
  },
  knowledgeSnapshot: { kind: 'orgs' },
  knowledgePart: { kind: 'one-of-orgs' },
  auditFrames: {
    kind: 'orgs',
    body: { deviceId: 'desk-1', epoch: 1, origin: null, entries: [] },
  },
  auditChanges: { kind: 'orgs' },
  auditProof: { kind: 'orgs' },
  auditKeys: { kind: 'nobodys' },
  archive: { kind: 'orgs' },
  archiveFacets: { kind: 'orgs' },
  exportArchive: { kind: 'orgs' },
  capsule: { kind: 'one-of-orgs' },
  replayPolicy: { kind: 'nobodys', body: { document: {}, fromMs: 0, toMs: 1 } },
  stream: { kind: 'socket' },
  listen: { kind: 'socket' },
  microphone: { kind: 'socket' },
  coach: { kind: 'socket' },
};

let store: Store;
let control: Control;
let folder: string;
let knowledge: KnowledgeBench;
const tokens = { ann: '', eve: '' };
/** Calls in whose log something was written. */
const appended: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sidetone-orgs-'));
  store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  const journal = new MemoryJournal();
  const recordings = join(folder, 'recordings');
  mkdirSync(recordings);
  for (const id of [ORG, OTHER]) await store.addOrg({ id, name: id, createdAtMs: 1 });
  const passwordHash = await hash(PASSWORD, { memoryCost: 8, timeCost: 1 });
  for (const account of [person('ann'), person('bob'), person('eve', { orgId: OTHER })])
    await store.addAccount({ account, passwordHash, temporaryUntilMs: null });
  const events = storedCall('c1');
  await store.append(events.map((event, position) => ({ position, event })));
  await store.addConsultation({
    id: 'c1' as CallId,
    orgId: ORG,
    roomName: 'room-elena',
    type: 'support',
    atMs: 1 as never,
  });
  writeNote(recordings, noteOf(recordingOrder('c1', {})));
  writeFileSync(join(recordings, 'c1.ogg'), 'OggS of Elena');
  knowledge = await knowledgeBench({ store });
  await knowledge.desk.push({ userId: 'ann' as UserId, orgId: ORG, name: 'Ann', role: 'admin' }, [
    saved('r1', null, ['Parcels of Elena Fischer are left with Ann.']),
  ]);
  control = await startControl({
    ...quietControl(store, folder),
    journal,
    desk: quietDesk({
      run: () => Promise.resolve({ seq: 1, mic: 'monitor' as const, tookMs: 1 }),
      openCalls: () => ['open-1' as CallId],
    }),
    appendToCall: callId => appended.push(callId) > 0,
    ringCaller: () => 'c1' as CallId,
    knowledge: knowledge.desk,
    recordings,
  });
  // Calls that ring once the API listens are open to it.
  for (const event of events) journal.append(event);
  journal.append(eventOf('open-1', 0, RINGING));
  for (const name of ['ann', 'eve'] as const) {
    const body = { email: `${name}@example.test`, password: PASSWORD, device: 'a-device' };
    tokens[name] = (
      JSON.parse((await ask('POST', '/api/sign-in', '', body)).text) as { token: string }
    ).token;
  }
});
afterAll(async () => {
  await control.close();
  await knowledge.stop();
  await store.close();
});

async function ask(method: string, path: string, token: string, body?: unknown) {
  const response = await fetch(`http://127.0.0.1:${String(control.port)}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  return { status: response.status, text: await response.text() };
}

/** All that org-1 has. */
async function ofFirstOrg(): Promise<unknown> {
  return JSON.parse(
    JSON.stringify([
      await store.conversations(ORG, callQuerySchema.parse({})),
      await store.callEvents('c1' as CallId, -1),
      await store.callKeeping(ORG, 'c1' as CallId),
      await store.accounts(ORG),
      await store.credentials('ann@example.test'),
      await store.retentionProfile(ORG),
      await store.knowledgeChanges(ORG, 0, 100),
      await store.consultations(ORG, consultationQuerySchema.parse({})),
    ]),
  );
}

const pathOf = ({ path }: Route, { query }: Asking, callId: string): string =>
  `${path.replace(':id', callId).replace(':sha256', 'f'.repeat(64)).replace(':userId', 'bob')}${query === undefined ? '' : `?${query}`}`;

describe('asked with a session of another org', () => {
  test('[ACC14] every route is classified', () => {
    expect(Object.keys(ASKED).sort()).toEqual(Object.keys(ROUTES).sort());
  });

  const routes = (Object.keys(ROUTES) as RouteName[]).filter(name => ASKED[name].kind !== 'socket');
  test.each(routes.filter(name => name !== 'signOut'))(
    '[ACC14] %s gives nothing of the first org and changes nothing there',
    async name => {
      const route: Route = ROUTES[name];
      const asking = ASKED[name];
      const before = await ofFirstOrg();
      for (const callId of ['c1', 'open-1']) {
        const { status, text } = await ask(
          route.method,
          pathOf(route, asking, callId),
          tokens.eve,
          asking.body,
        );
        // What names something of another org meets a refusal, and never a success.
        if (asking.kind === 'one-of-orgs' && name !== 'command' && name !== 'endSession')
          expect(status, text.slice(0, 200)).toBeGreaterThanOrEqual(400);
        expect(status).not.toBe(500);
        expect(MARKS.exec(name === 'openapi' ? '' : text)?.[0] ?? null).toBeNull();
      }
      expect(await ofFirstOrg()).toEqual(before);
    },
  );

  test('[ACC14] a command for a call of another org is refused as if there were none', async () => {
    const { text } = await ask('POST', '/api/calls/open-1/commands', tokens.eve, ASKED.command.body);
    expect(JSON.parse(text)).toMatchObject({ ok: false, error: { code: 'call.unknown' } });
    expect(appended).toEqual([]);
  });

  test('[ACC14] the stream has nothing of the first org', async () => {
    const heard: string[] = [];
    const socket = new WebSocket(`ws://127.0.0.1:${String(control.port)}/api/stream`, {
      headers: { authorization: `Bearer ${tokens.eve}` },
    });
    const first = new Promise<void>(resolve => {
      socket.on('message', data => {
        heard.push((data as Buffer).toString());
        resolve();
      });
    });
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'subscribe', protocol: PROTOCOL_VERSION, after: -1 })),
    );
    await first;
    socket.terminate();
    expect(MARKS.exec(heard.join(''))).toBeNull();
  });

  // Last: without it the tests above could pass on routes that show nothing to anybody.
  test('[ACC14] the same questions of the org itself are answered with what it has', async () => {
    const shown = await Promise.all(
      routes
        .filter(name => ROUTES[name].method === 'GET' && ASKED[name].kind !== 'nobodys')
        .map(async name => {
          const { text } = await ask('GET', pathOf(ROUTES[name], ASKED[name], 'c1'), tokens.ann);
          return MARKS.test(text) ? [name] : [];
        }),
    );
    expect(shown.flat().sort()).toEqual([
      'accounts',
      'archive',
      'auditChanges',
      'brief',
      'callEvents',
      'calls',
      'consultations',
      'conversation',
      'exportArchive',
      'knowledgeChanges',
      'ownShop',
      'recording',
      'snapshot',
      'spokenProof',
      'toolCalls',
    ]);
    const { text } = await ask('POST', '/api/privacy/find', tokens.ann, { person: elena });
    expect(JSON.parse(text)).toMatchObject({ calls: [{ callId: 'c1', hasRecording: true }] });
  });

  test('[ACC15] the own shop and the own calls name no org and are those of the session', async () => {
    const own = async (token: string): Promise<unknown[]> => [
      JSON.parse((await ask('GET', '/api/shops/me', token)).text) as unknown,
      JSON.parse((await ask('GET', '/api/calls/me', token)).text) as unknown,
    ];
    expect(await own(tokens.eve)).toEqual([{ orgId: 'org-2', shop: null }, { calls: [] }]);
    expect(await own(tokens.ann)).toEqual([
      { orgId: 'org-1', shop: null },
      { calls: [{ callId: 'c1', log: [] }] },
    ]);
  });
});
