import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { BrowserAccess } from '#electron/browser-host/access.ts';
import { startBrowserHost } from '#electron/browser-host/server.ts';
import { createDeskCore } from '#electron/core/desk-core.ts';
import { systemClock } from '#electron/core/system-clock.ts';
import { WorkerLink } from '#electron/core/worker-link.ts';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { LinkState } from '#shared/ipc/commands.ts';
import type { WorkerMessage } from '#shared/protocol/stream.ts';
import { readWorkerReport } from '#shared/protocol/worker-report.ts';
import { cannotRecord } from '#worker/entry/cannot-record.ts';
import { SessionTokens } from '#worker/control/tokens.ts';
import { WorkerHealth } from '#worker/control/worker-health.ts';
import { StoreJournal } from '#worker/store/store-journal.ts';
import type { Store } from '#worker/store/store.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { BENCH_CALL, startControlBench } from '#tests/torture/control-bench.ts';
import { BOOT_SECRET } from '#tests/fixtures/quiet-control.ts';
import { SequenceWatch } from '#tests/torture/drops/sequence-watch.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const folder = (): string => mkdtempSync(join(tmpdir(), 'sidetone-bad-'));
const urlOf = (port: number): string => `http://127.0.0.1:${String(port)}`;

async function control(data = folder()) {
  const health = new WorkerHealth();
  const bench = await startControlBench(data, health);
  cleanups.push(() => bench.close());
  return { ...bench, health, data };
}

const linkTo = (port: number, token: string): WorkerLink => {
  const link = new WorkerLink(systemClock);
  cleanups.push(() => link.close());
  link.connect({ url: urlOf(port), token });
  return link;
};

/** Resolves when the link's state fits. */
const until = (link: WorkerLink, fits: (state: LinkState) => boolean): Promise<LinkState> =>
  new Promise(resolve => {
    if (fits(link.state)) return resolve(link.state);
    const stop = link.onState(state => {
      if (!fits(state)) return;
      stop();
      resolve(state);
    });
  });
const isLive = (state: LinkState): boolean => state.name === 'live';
const codeOf = (state: LinkState): string | null =>
  state.name === 'lost' ? state.code : state.name === 'live' ? (state.problem?.code ?? null) : null;

test('[DAY2] a browser host whose port is taken says so', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  cleanups.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const core = createDeskCore(systemClock, join(folder(), 'settings.json'), () => undefined);
  await expect(
    startBrowserHost({
      port,
      access: new BrowserAccess(),
      core,
      route: () => Promise.reject(new Error('not asked')),
      consoleFolder: folder(),
    }),
  ).rejects.toMatchObject({ body: { code: 'worker.port-taken' } });
});

test('[DAY7] a desk that cannot sign in says why, tries again, and renews a session that is void', async () => {
  const first = await control();
  const core = createDeskCore(systemClock, join(folder(), 'settings.json'), () => undefined);
  cleanups.push(() => core.close());
  await core.workerIs({ name: 'at', url: urlOf(1), bootSecret: BOOT_SECRET });
  expect(core.link.state).toMatchObject({ name: 'lost', code: 'worker.unreachable' });
  await core.workerIs({ name: 'at', url: urlOf(first.port), bootSecret: 'another-secret-of-some-length' });
  expect(core.link.state).toMatchObject({ name: 'lost', code: 'access.unauthenticated' });
  await core.workerIs({ name: 'at', url: urlOf(first.port), bootSecret: BOOT_SECRET });
  await until(core.link, isLive);

  // The same address with another key: what the desk holds is void, as after a jump of the clock.
  const address = core.link.address as { url: string; token: string };
  const stranger = await new SessionTokens(join(folder(), 'key')).mint({
    userId: 'user-reyes' as never,
    orgId: 'x' as never,
    name: 'x',
    role: 'admin',
  });
  core.link.connect({ ...address, token: stranger });
  await until(core.link, state => state.name === 'lost');
  await until(core.link, isLive);
  expect(core.link.address?.token).not.toBe(stranger);
}, 20_000);

test('[DAY10] a log that cannot be written is told to every desk, with its code, and so is its end', async () => {
  const bench = await control();
  const clock = createVirtualClock();
  let failing = true;
  const store = {
    append: () =>
      failing ? Promise.reject(appError('storage.full', 'The disk is full.')) : Promise.resolve(),
  } as unknown as Store;
  const journal = new StoreJournal(
    store,
    clock,
    -1,
    error => cannotRecord(bench.health, error),
    undefined,
    () => bench.health.is(null),
  );
  const link = linkTo(bench.port, bench.token);
  await until(link, isLive);
  journal.append(eventOf('c', 0, RINGING));
  await clock.advanceAsync(5);
  const told = await until(link, state => codeOf(state) === 'storage.full');
  expect(told).toMatchObject({
    problem: { message: 'Nothing can be recorded, so the AI says nothing. The disk is full.' },
  });
  const late = linkTo(bench.port, bench.token);
  await until(late, state => codeOf(state) === 'storage.full');
  failing = false;
  await clock.advanceAsync(2000);
  await until(link, state => isLive(state) && codeOf(state) === null);
});

test('[DAY20] a desk that meets a newer worker says so and keeps the rest, in order', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  cleanups.push(() => server.close());
  const entries = [0, 1, 2].map(position => ({
    position,
    event: eventOf('c', position, position === 0 ? RINGING : { type: 'call.early-media' }),
  }));
  server.on('connection', socket => {
    const send = (message: WorkerMessage | object): void => socket.send(JSON.stringify(message));
    send({
      type: 'snapshot',
      workerId: 'w',
      position: -1,
      brain: 'b',
      voice: 'v',
      resumed: false,
      entries: [],
    });
    send({
      type: 'batch',
      notices: [],
      entries: [entries[0], { ...entries[1], event: { ...entries[1]?.event, v: 2 } }, entries[2]],
    });
  });
  const { port } = server.address() as AddressInfo;
  const link = linkTo(port, 't');
  const got: JournalEntry[] = [];
  link.follow(message => got.push(...(message.type === 'batch' ? message.entries : [])));
  await until(link, state => codeOf(state) === 'protocol.unknown');
  expect(got.map(({ position, event }) => [position, event.type])).toEqual([
    [0, 'call.ringing'],
    [1, 'event.unreadable'],
    [2, 'call.early-media'],
  ]);
});

async function rawClient(port: number, token: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/api/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  cleanups.push(() => socket.terminate());
  const codes: string[] = [];
  socket.on('message', data => {
    const message = JSON.parse((data as Buffer).toString()) as WorkerMessage;
    if (message.type === 'refused') codes.push(message.error.code);
    if (message.type === 'answer') codes.push(message.answer.ok ? 'ok' : message.answer.error.code);
  });
  await once(socket, 'open');
  return { socket, codes };
}

const command = (commandId: string, more: object = {}): string =>
  JSON.stringify({ type: 'command', callId: BENCH_CALL, commandId, verb: 'listen', args: {}, ...more });

test('[DAY21] large messages are refused and the connection lives; what is far too large ends it', async () => {
  const { port, token } = await control();
  const { socket, codes } = await rawClient(port, token);
  socket.send(command('big', { args: { text: 'a'.repeat(70_000) } }));
  socket.send(command('small'));
  await expect.poll(() => codes).toEqual(['input.too-large', 'ok']);
  socket.send('a'.repeat(1_100_000));
  const [closedWith] = (await once(socket, 'close')) as [number];
  expect(closedWith).toBe(1009);

  const answer = await fetch(`${urlOf(port)}/api/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: 'a'.repeat(70_000),
  });
  expect([answer.status, await answer.json()]).toMatchObject([413, { error: { code: 'input.too-large' } }]);
  const raw = connect(port, '127.0.0.1', () => raw.end('not http at all\r\n\r\n'));
  const said = await text(raw);
  expect(said).toContain('400 Bad Request');
  expect(said).toContain('"code":"input.invalid"');
});

test('[DAY17] a worker that is stopped for five seconds is found again by its desk without gap or double', async () => {
  const data = folder();
  const child = spawn(
    process.execPath,
    [
      '--no-warnings',
      join(import.meta.dirname, '../../worker/entry/main.ts'),
      '--demo',
      '--headless',
      '--data',
      data,
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  cleanups.push(() => child.kill('SIGKILL'));
  const port = await new Promise<number>(resolve =>
    createInterface({ input: child.stdio[3] as Readable }).once('line', line => {
      const report = readWorkerReport(line);
      resolve(report?.type === 'worker.ready' ? report.port : 0);
    }),
  );
  const link = linkTo(port, readFileSync(join(data, 'token'), 'utf8').trim());
  const watch = new SequenceWatch();
  const seen: JournalEntry[] = [];
  link.follow(message => {
    watch.take(message);
    if (message.type === 'batch') seen.push(...message.entries);
  });
  await expect.poll(() => seen.length, { timeout: 30_000 }).toBeGreaterThan(5);
  child.kill('SIGSTOP');
  await until(link, state => state.name === 'lost');
  await new Promise(resolve => setTimeout(resolve, 5000));
  child.kill('SIGCONT');
  await until(link, isLive);
  const before = seen.length;
  await expect.poll(() => seen.length, { timeout: 30_000 }).toBeGreaterThan(before);
  expect(watch.failures).toEqual([]);
}, 90_000);
