// Over 500 lines: every way to ask the control API, over one set-up, in the order of its rules.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { PROTOCOL_VERSION, type WorkerMessage } from '#shared/protocol/stream.ts';
import type { RotationAnswer } from '#worker/knowledge/knowledge-shelf.ts';
import { noteOf, readNote, writeNote } from '#worker/media/recorder/recording-note.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { recordingOrder } from '#tests/fixtures/recording-order.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { askControl, BOOT_SECRET, quietControl, quietDesk } from '#tests/fixtures/quiet-control.ts';
import { LOCAL_ADMIN } from './demo-people.ts';
import { openApiDocument } from './openapi.ts';
import { ROUTES } from './routes.ts';
import { startControl, type Control, type ControlDeps } from './start-control.ts';

const callId = 'call-1' as CallId;
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function bench(
  folder = mkdtempSync(join(tmpdir(), 'sidetone-control-')),
  port = 0,
  more: Partial<ControlDeps> = {},
) {
  const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
  const journal = new MemoryJournal();
  const recorded: CallEventDraft[] = [];
  const ran: string[] = [];
  let seq = 0;
  const desk = quietDesk({
    run: command => {
      ran.push(command.verb);
      return new Promise(resolve => setTimeout(() => resolve({ seq: 1, mic: 'monitor', tookMs: 1 }), 5));
    },
    openCalls: () => [callId],
  });
  let control: Control;
  try {
    control = await startControl({
      ...quietControl(store, folder),
      port,
      publicNames: ['calls.example'],
      journal,
      desk,
      appendToCall: (_callId, draft) => recorded.push(draft) > 0,
      ...more,
    });
  } catch (error) {
    await store.close();
    throw error;
  }
  const stop = async (): Promise<void> => {
    await control.close();
    await store.close();
  };
  cleanups.push(stop);
  const url = `http://127.0.0.1:${String(control.port)}`;
  const ask = async (
    path: string,
    init: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
  ) => {
    const response = await askControl(url, path, init.body, init.token, init.headers);
    return {
      status: response.status,
      body: (await response.json()) as {
        error?: { code: string };
        token: string;
        ok?: boolean;
        [key: string]: unknown;
      },
    };
  };
  const admin = (await ask('/api/sessions', { body: { bootSecret: BOOT_SECRET } })).body.token;
  const sessionOf = async (userId: string): Promise<string> =>
    (await ask('/api/sessions', { token: admin, body: { userId } })).body.token;
  const tell = (): void => {
    const event = eventOf(callId, seq, seq === 0 ? RINGING : { type: 'call.early-media' });
    seq += 1;
    journal.append({ ...event, orgId: LOCAL_ADMIN.orgId });
  };
  return { url, ask, admin, sessionOf, journal, recorded, ran, tell, folder, stop, port: control.port };
}

type Bench = Awaited<ReturnType<typeof bench>>;

async function connect(
  b: Bench,
  token: string,
  after: number | null = -1,
): Promise<{
  socket: WebSocket;
  messages: WorkerMessage[];
  until: (fits: (message: WorkerMessage) => boolean) => Promise<WorkerMessage>;
}> {
  const socket = new WebSocket(`${b.url.replace('http', 'ws')}/api/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const messages: WorkerMessage[] = [];
  const waiting: { fits: (message: WorkerMessage) => boolean; resolve: (message: WorkerMessage) => void }[] =
    [];
  socket.on('message', data => {
    const message = JSON.parse((data as Buffer).toString('utf8')) as WorkerMessage;
    messages.push(message);
    for (const one of waiting) if (one.fits(message)) one.resolve(message);
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('close', (_code, reason) => reject(new Error(String(reason))));
  });
  if (after !== null) socket.send(JSON.stringify({ type: 'subscribe', protocol: PROTOCOL_VERSION, after }));
  const until = (fits: (message: WorkerMessage) => boolean): Promise<WorkerMessage> => {
    const known = messages.find(fits);
    return known ? Promise.resolve(known) : new Promise(resolve => waiting.push({ fits, resolve }));
  };
  return { socket, messages, until };
}

/** What a message tells of the log; a snapshot of calls stands for everything up to its position. */
function positionsIn(message: WorkerMessage, after: number): number[] {
  if (message.type === 'snapshot' && !message.resumed)
    return Array.from({ length: message.position - after }, (_, index) => after + 1 + index);
  return 'entries' in message ? message.entries.map(entry => entry.position) : [];
}

describe('control API', () => {
  test('[PRO4] whoever asks whether it is ready learns which brain and voice are in use', async () => {
    const b = await bench();
    expect(await b.ask('/readyz')).toMatchObject({ status: 200, body: { brain: 'b', voice: 'v' } });
  });

  test('[ESC26] the brief of a call is given to whoever may see it, and of no other', async () => {
    const b = await bench();
    b.tell();
    const path = `/api/calls/${callId}/brief`;
    expect(await b.ask(path, { token: b.admin })).toMatchObject({
      status: 200,
      body: { callId, disposition: { stage: 'ringing', outcome: 'nothing-asked' }, transcript: [] },
    });
    expect(await b.ask(path)).toMatchObject({ status: 401 });
    expect(await b.ask('/api/calls/other/brief', { token: b.admin })).toMatchObject({ status: 404 });
  });

  test('[MED48] the proof of what a call said is given to whoever may see the call, and of no other', async () => {
    const b = await bench();
    b.tell();
    const path = `/api/calls/${callId}/spoken-proof`;
    expect(await b.ask(path, { token: b.admin })).toMatchObject({
      status: 200,
      body: { callId, verdict: 'pass', faults: [], audibleSamples: 0 },
    });
    expect(await b.ask(path)).toMatchObject({ status: 401 });
    expect(await b.ask('/api/calls/other/spoken-proof', { token: b.admin })).toMatchObject({ status: 404 });
  });

  test('[API1][API10] garbage is answered with a code, whatever it is', async () => {
    const b = await bench();
    expect(await b.ask('/nowhere')).toMatchObject({
      status: 404,
      body: { error: { code: 'input.invalid' } },
    });
    expect(await b.ask('/api/sessions', { body: '{not json' })).toMatchObject({
      status: 400,
      body: { error: { code: 'input.invalid' } },
    });
    expect(await b.ask('/api/sessions', { body: { bootSecret: 'x'.repeat(70_000) } })).toMatchObject({
      status: 413,
      body: { error: { code: 'input.too-large' } },
    });
    const garbage = [
      null,
      1,
      'x',
      [],
      {},
      { verb: 'fly' },
      { commandId: '', verb: 'listen' },
      { commandId: 'c', verb: 'say-now', args: { text: '' } },
      { commandId: 'c', verb: 'whisper-to-ai', args: { text: 7 } },
    ];
    for (const body of garbage) {
      const { body: answer } = await b.ask(`/api/calls/${callId}/commands`, {
        token: b.admin,
        body: body ?? 'null',
      });
      expect(answer.error?.code).toBe('input.invalid');
    }
    expect(b.ran).toEqual([]);
  });

  test('[API2][SEC1] sessions: the boot secret, minting, and nothing without one', async () => {
    const b = await bench();
    expect(
      (await b.ask('/api/sessions', { body: { bootSecret: 'another-secret-of-length' } })).body.error?.code,
    ).toBe('access.unauthenticated');
    const agent = await b.sessionOf('user-lind');
    expect((await b.ask('/api/sessions/current', { token: agent })).body).toMatchObject({
      name: 'Sam Lind',
      role: 'agent',
    });
    expect(
      (await b.ask('/api/sessions', { token: agent, body: { userId: 'user-okafor' } })).body.error?.code,
    ).toBe('access.denied');
    for (const token of [undefined, 'forged', `${b.admin.slice(0, -4)}AAAA`]) {
      expect((await b.ask('/api/snapshot', token === undefined ? {} : { token })).body.error?.code).toBe(
        'access.unauthenticated',
      );
    }
  });

  test('[MET8] figures are given for a window that makes sense, by the org of who asks', async () => {
    const b = await bench();
    for (const window of [
      '',
      '?fromMs=5',
      '?fromMs=5&toMs=5',
      '?fromMs=0&toMs=99999999999',
      '?fromMs=x&toMs=9',
    ])
      expect(await b.ask(`/api/figures${window}`, { token: b.admin })).toMatchObject({
        status: 400,
        body: { error: { code: 'input.invalid' } },
      });
    const { status, body } = await b.ask('/api/figures?fromMs=0&toMs=7200000', { token: b.admin });
    expect(status).toBe(200);
    expect(body).toMatchObject({ calls: 0, time_to_first_audio_ms: { count: 0, p50: null } });
    expect(body['spans']).toHaveLength(2);
    expect((await b.ask('/api/figures?fromMs=0&toMs=7200000')).status).toBe(401);
  });

  test('[API3] the document names every route and is the one in the repository', () => {
    const document = openApiDocument() as { paths: Record<string, Record<string, unknown>> };
    for (const route of Object.values(ROUTES))
      expect(
        document.paths[route.path.replace(/:(\w+)/gu, '{$1}')]?.[route.method.toLowerCase()],
      ).toBeDefined();
    const stored = readFileSync(join(import.meta.dirname, '../../docs/reference/openapi.json'), 'utf8');
    expect(JSON.parse(stored)).toEqual(JSON.parse(JSON.stringify(document)));
  });

  test('[API4] a taken port is told', async () => {
    const server = createServer();
    const port = await new Promise<number>(resolve =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    await expect(bench(undefined, port)).rejects.toMatchObject({ body: { code: 'worker.port-taken' } });
    server.close();
  });

  test('[API11][API13][SEC6] an agent may not take over; the attempt is in the log', async () => {
    const b = await bench();
    const token = await b.sessionOf('user-lind');
    for (const verb of ['take-over', 'barge', 'listen', 'end-call']) {
      const { body } = await b.ask(`/api/calls/${callId}/commands`, {
        token,
        body: { commandId: verb, verb },
      });
      expect(body).toMatchObject({ ok: false, error: { code: 'access.denied' } });
    }
    expect(b.ran).toEqual([]);
    expect(b.recorded).toMatchObject([
      { type: 'command.finished', outcome: 'denied', userName: 'Sam Lind' },
      {},
      {},
      {},
    ]);
    expect(
      (await b.ask(`/api/calls/${callId}/audio-grants`, { token, body: { direction: 'listen' } })).body.error
        ?.code,
    ).toBe('access.denied');
  });

  test('[API12] the same command runs once: at the same time, later, and after a restart', async () => {
    const b = await bench();
    const send = (bench_: Bench, token: string) =>
      bench_.ask(`/api/calls/${callId}/commands`, {
        token,
        body: { commandId: 'once', verb: 'hold-speech' },
      });
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(b, b.admin)));
    expect(new Set(answers.map(answer => JSON.stringify(answer.body))).size).toBe(1);
    expect((await send(b, b.admin)).body).toEqual(answers[0]?.body);
    expect(b.ran).toEqual(['hold-speech']);
    cleanups.pop();
    await b.stop();
    const again = await bench(b.folder);
    expect((await send(again, again.admin)).body).toEqual(answers[0]?.body);
    expect(again.ran).toEqual([]);
  });

  test('[API20][API21] a client that drops and resumes at random has every event once, in order', async () => {
    const b = await bench();
    const got: number[] = [];
    let position = -1;
    for (let round = 0; round < 25; round += 1) {
      const client = await connect(b, b.admin, position);
      for (let count = 0; count < 7; count += 1) b.tell();
      const wanted = b.journal.head - (round % 3);
      await client.until(
        message => positionsIn(message, position).some(at => at >= wanted) || position >= wanted,
      );
      for (const message of client.messages) {
        const positions = positionsIn(message, position);
        got.push(...positions);
        position = positions.at(-1) ?? position;
      }
      client.socket.terminate();
    }
    const last = await connect(b, b.admin, position);
    await last.until(message => message.type === 'snapshot');
    for (const message of last.messages) got.push(...positionsIn(message, position));
    last.socket.terminate();
    expect(got).toEqual(Array.from({ length: b.journal.head + 1 }, (_, index) => index));
  });

  test('[API23] what is not understood is answered and the connection lives; another version is told', async () => {
    const b = await bench();
    const { socket, until, messages } = await connect(b, b.admin, null);
    for (const message of ['', 'null', '[]', '{"type":"fly"}', Buffer.from([1, 2, 3]), '{"type":"command"}'])
      socket.send(message);
    socket.send(JSON.stringify({ type: 'subscribe', protocol: PROTOCOL_VERSION + 1, after: -1 }));
    await until(message => message.type === 'refused' && message.error.message.includes('version'));
    expect(messages.filter(message => message.type === 'refused')).toHaveLength(7);
    socket.send(JSON.stringify({ type: 'subscribe', protocol: PROTOCOL_VERSION, after: -1 }));
    await until(message => message.type === 'snapshot');
    socket.terminate();
  });

  test('[API24] a client that is silent is disconnected, one that beats is not', async () => {
    const b = await bench();
    const silent = await connect(b, b.admin);
    const alive = await connect(b, b.admin);
    const beats = setInterval(() => alive.socket.send(JSON.stringify({ type: 'beat' })), 300);
    await new Promise(resolve => silent.socket.once('close', resolve));
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
    clearInterval(beats);
    alive.socket.terminate();
  });

  test('[SEC3] an open call of another org is unknown, whatever is asked of it', async () => {
    const b = await bench();
    b.journal.append({ ...eventOf('foreign', 0, RINGING), orgId: 'org-elsewhere' as OrgId });
    for (const path of ['events', 'brief', 'verdicts', 'spoken-proof', 'tool-calls', 'recording'])
      expect(await b.ask(`/api/calls/foreign/${path}`, { token: b.admin })).toMatchObject({
        status: 404,
        body: { error: { code: 'call.unknown' } },
      });
    const grant = { direction: 'listen' };
    expect(await b.ask('/api/calls/foreign/audio-grants', { token: b.admin, body: grant })).toMatchObject({
      status: 404,
    });
    expect(JSON.stringify((await b.ask('/api/snapshot', { token: b.admin })).body)).not.toContain('foreign');
  });

  test('[SEC2] other names and origins are refused', async () => {
    const b = await bench();
    expect(
      (await b.ask('/api/snapshot', { token: b.admin, headers: { origin: 'https://evil.example' } })).body
        .error?.code,
    ).toBe('access.denied');
    const { request } = await import('node:http');
    const statusAs = (host: string): Promise<unknown> =>
      new Promise(resolve => {
        request({ host: '127.0.0.1', port: b.port, path: '/healthz', headers: { host } }, response =>
          resolve(response.statusCode),
        ).end();
      });
    expect(await statusAs('evil.example')).toBe(403);
    expect(await statusAs('calls.example.evil.example')).toBe(403);
    expect(await statusAs('Calls.Example:443')).toBe(200);
  });

  test('[SEC5] a grant is used once, and only for its direction', async () => {
    const b = await bench();
    b.tell();
    const grant = async (): Promise<string> =>
      String(
        (await b.ask(`/api/calls/${callId}/audio-grants`, { token: b.admin, body: { direction: 'listen' } }))
          .body['grant'],
      );
    const closeOf = (path: string): Promise<string> =>
      new Promise(resolve =>
        new WebSocket(`${b.url.replace('http', 'ws')}${path}`).once('close', (_code, reason) =>
          resolve(String(reason)),
        ),
      );
    const first = await grant();
    // The fake floor has no such call in its media: the grant itself was good.
    expect(await closeOf(`/api/audio/listen?grant=${first}`)).toBe('call.unknown');
    expect(await closeOf(`/api/audio/listen?grant=${first}`)).toBe('grant.invalid');
    expect(await closeOf(`/api/audio/microphone?grant=${await grant()}`)).toBe('grant.invalid');
  });
});

describe('recordings', () => {
  test('[REC7] a recording is given whole or in ranges to who may play it, and to nobody else', async () => {
    const { url, admin, sessionOf, tell, folder } = await bench();
    tell();
    mkdirSync(join(folder, 'recordings'), { recursive: true });
    writeFileSync(join(folder, 'recordings', `${callId}.ogg`), 'OggS-recording');
    writeFileSync(join(folder, 'secret.ogg'), 'secret');
    const get = (id: string, token: string | null, range?: string): Promise<Response> =>
      fetch(`${url}/api/calls/${id}/recording`, {
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(range === undefined ? {} : { range }),
        },
      });
    const whole = await get(callId, admin);
    expect([whole.status, whole.headers.get('content-type'), await whole.text()]).toEqual([
      200,
      'audio/ogg',
      'OggS-recording',
    ]);
    const part = await get(callId, admin, 'bytes=5-8');
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 5-8/14',
      'reco',
    ]);
    expect((await get(callId, null)).status).toBe(401);
    expect((await get(callId, await sessionOf('user-lind'))).status).toBe(403);
    for (const id of ['..%2fsecret', '%2e%2e%2fsecret', 'call-9', 'call-1.ogg'])
      expect((await get(id, admin)).status, id).toBe(404);
  });

  test('[REC10] only an administrator listens; a listening is one row before the first byte, a refusal is one too', async () => {
    const { url, admin, sessionOf, tell, folder } = await bench();
    tell();
    mkdirSync(join(folder, 'recordings'), { recursive: true });
    writeFileSync(join(folder, 'recordings', `${callId}.ogg`), 'OggS-recording');
    const database = new DatabaseSync(join(folder, 'worker.sqlite'), { readOnly: true });
    const rows = () =>
      database
        .prepare("SELECT user_id, outcome FROM audit_access WHERE action = 'recording.play' ORDER BY ts")
        .all()
        .map(row => `${String(row['user_id'])} ${String(row['outcome'])}`);
    const get = (path: string, token: string): Promise<Response> =>
      fetch(`${url}/api/calls/${callId}/recording${path}`, { headers: { authorization: `Bearer ${token}` } });
    expect((await get('', admin)).status).toBe(200);
    expect((await get('', admin)).status).toBe(200);
    expect(rows()).toEqual(['user-okafor played']);
    const supervisor = await sessionOf('user-tanaka');
    expect((await get('', supervisor)).status).toBe(403);
    expect((await get('/peaks', supervisor)).status).toBe(403);
    expect(rows()).toEqual(['user-okafor played', 'user-tanaka denied', 'user-tanaka denied']);
    database.close();
  });

  test('[REC12][REC13] an administrator holds a recording with a reason, and gets its shape in as many stretches as asked for', async () => {
    const { ask, admin, sessionOf, tell, folder } = await bench();
    tell();
    const recordings = join(folder, 'recordings');
    mkdirSync(recordings, { recursive: true });
    const path = `/api/calls/${callId}/recording`;
    const hold = (token: string, held: boolean, reason = 'A claim is open') =>
      ask(`${path}/legal-hold`, { token, body: { held, reason } });
    expect((await hold(admin, true)).body.error?.code).toBe('recording.none');
    writeNote(recordings, noteOf(recordingOrder(callId)));
    writeFileSync(join(recordings, `${callId}.ogg`), 'OggS');
    writeFileSync(
      join(recordings, `${callId}.peaks`),
      Uint8Array.from({ length: 40 }, (_, at) => at),
    );
    expect((await hold(await sessionOf('user-tanaka'), true)).body.error?.code).toBe('access.denied');
    expect((await hold(admin, true, ' ')).body.error?.code).toBe('input.invalid');
    expect((await hold(admin, true)).body).toEqual({ held: true });
    expect(readNote(recordings, callId)?.legalHold).toBe(true);
    expect((await hold(admin, false)).body).toEqual({ held: false });
    expect(readNote(recordings, callId)?.legalHold).toBe(false);
    const { body } = await ask(`${path}/peaks?points=10`, { token: admin });
    expect(body).toMatchObject({ stretchMs: 200, caller: { length: 10 }, heard: { length: 10 } });
    expect((await ask(`${path}/peaks?points=5`, { token: admin })).body.error?.code).toBe('input.invalid');
    rmSync(join(recordings, `${callId}.ogg`));
    writeNote(recordings, { ...noteOf(recordingOrder(callId)), deletedAtMs: 1 });
    expect(await ask(path, { token: admin })).toMatchObject({
      status: 410,
      body: { error: { code: 'recording.expired' } },
    });
  });

  test('[REC7] where there is no recording the answer says so', async () => {
    const { ask, admin, tell } = await bench();
    tell();
    expect(await ask(`/api/calls/${callId}/recording`, { token: admin })).toMatchObject({
      status: 404,
      body: { error: { code: 'recording.none' } },
    });
  });
});

test('[OBS4] figures are read on this machine and not through a proxy without a session', async () => {
  const metrics = { contentType: 'text/plain; version=0.0.4', text: () => Promise.resolve('up 1\n') };
  const { url, admin } = await bench(undefined, 0, { metrics });
  const get = (headers: Record<string, string>): Promise<Response> => fetch(`${url}/metrics`, { headers });
  const answer = await get({});
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    200,
    'text/plain; version=0.0.4',
    'up 1\n',
  ]);
  const passedOn = { 'x-forwarded-for': '10.0.0.7' };
  expect((await get(passedOn)).status).toBe(401);
  expect((await get({ ...passedOn, authorization: 'Bearer nonsense' })).status).toBe(401);
  expect((await get({ ...passedOn, authorization: `Bearer ${admin}` })).status).toBe(200);
});

describe('knowledge', () => {
  test('[RET27] an admin rotates the knowledge of their org; others may not, and a broken document is told with its place', async () => {
    const asked: string[] = [];
    const answers: RotationAnswer[] = [
      { outcome: 'rotated', snapshotId: 's2', documents: 3, passages: 9 },
      { outcome: 'refused', name: 'returns.md', line: 4, message: 'status: unknown' },
    ];
    const rotate = (orgId: string): Promise<RotationAnswer> => {
      asked.push(orgId);
      const answer = answers.shift();
      return answer ? Promise.resolve(answer) : Promise.reject(new Error('no more'));
    };
    const { ask, admin, sessionOf } = await bench(undefined, 0, { rotateKnowledge: rotate });
    const path = '/api/control/rotate-knowledge';
    const supervisor = await sessionOf('user-tanaka');
    expect((await ask(path, { token: supervisor, body: {} })).body.error?.code).toBe('access.denied');
    expect((await ask(path, { token: admin, body: {} })).body).toEqual({
      outcome: 'rotated',
      snapshotId: 's2',
      documents: 3,
      passages: 9,
    });
    const refused = await ask(path, { token: admin, body: {} });
    expect([refused.status, refused.body.error]).toMatchObject([
      409,
      { code: 'knowledge.refused', message: 'returns.md line 4: status: unknown' },
    ]);
    expect(asked).toEqual([LOCAL_ADMIN.orgId, LOCAL_ADMIN.orgId]);
  });
});
