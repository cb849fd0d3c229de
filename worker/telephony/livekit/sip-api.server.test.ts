import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildServer, type BuiltServer } from '#infra/livekit/build-servers.ts';
import { sipFailure } from '#tests/fakes/scripted-sip-api.ts';
import { PATIENCE } from '#tests/fixtures/livekit/tones.ts';
import { sipApiAt, type SipApi } from './sip-api.ts';
import { isTimeout, refusalOf } from './sip-refusal.ts';

const SECRET = 'a-secret-of-this-test-with-enough-letters';

/** LiveKit's own mock of its API fails as the real one does; what it shall do stands in a header, which is added on the way. */
describe('the API of SIP, as its own mock answers', () => {
  let built: BuiltServer;
  let mock: ChildProcess;
  let way: Server;
  let api: SipApi;
  let header = '{}';
  const asked: { readonly path: string; readonly body: string }[] = [];

  beforeAll(async () => {
    built = buildServer('testServer');
    if (!built.ok) return;
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const options = ['--ports', String(port), '--bind', '127.0.0.1', '--api-secret', SECRET];
    mock = spawn(built.file, options, { stdio: 'ignore' });
    const target = `http://127.0.0.1:${String(port)}`;
    await vi.waitFor(() => fetch(target), PATIENCE);
    way = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        asked.push({ path: request.url ?? '', body });
        const headers = {
          authorization: request.headers.authorization ?? '',
          'content-type': 'application/json',
          'x-lk-mock': header,
        };
        fetch(`${target}${request.url ?? ''}`, { method: 'POST', headers, body })
          .then(async answer => {
            response.writeHead(answer.status, { 'content-type': 'application/json' });
            response.end(await answer.text());
          })
          .catch(() => response.destroy());
      });
    }).listen(0, '127.0.0.1');
    await once(way, 'listening');
    const url = `ws://127.0.0.1:${String((way.address() as AddressInfo).port)}`;
    api = sipApiAt({ url, apiKey: 'devkey', apiSecret: SECRET });
  }, 900_000);
  beforeEach(context => {
    if (!built.ok) context.skip(built.reason);
    asked.length = 0;
  });
  afterAll(async () => {
    if (!built.ok) return;
    way.close();
    mock.kill();
    await once(mock, 'exit');
  });
  const dial = (): Promise<void> =>
    api.dial({ trunkId: 'ST_1', number: '+491', roomName: 'r', identity: 'sip_out_1', ringingS: 40 });
  const refer = (): Promise<void> => api.refer('r', 'sip_1', 'tel:+491', 40);

  test('[SIP31] always limits the ringing, of calls and of transfers', async () => {
    header = JSON.stringify({ delayMs: 0 });
    await dial();
    await refer();
    expect(asked.map(({ path }) => path.split('/').at(-1))).toEqual([
      'CreateSIPParticipant',
      'TransferSIPParticipant',
    ]);
    expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { ringingTimeout: '40s', waitUntilAnswered: true, sipCallTo: '+491', participantIdentity: 'sip_out_1' },
      { ringingTimeout: '40s', transferTo: 'tel:+491' },
    ]);
  });

  test.each([
    [486, 'line.busy'],
    [480, 'line.unavailable'],
    [603, 'line.declined'],
    [404, 'line.unknown-number'],
    [408, 'line.no-answer'],
    [503, 'line.trunk-failed'],
  ] as const)('[SIP31] SIP %i is %s in both, and no time-out', async (code, failure) => {
    header = JSON.stringify({ delayMs: 0, sipStatus: { code, status: 'said so' } });
    for (const ask of [dial, refer]) {
      const error: unknown = await ask().catch((failed: unknown) => failed);
      expect([refusalOf(error), isTimeout(error)]).toEqual([failure, false]);
      // What the other tests throw is what the server answers.
      expect(error).toMatchObject({ status: sipFailure(code).status, code: sipFailure(code).code });
    }
  });

  test('[SIP31] a time-out has no SIP status; a server that cannot is none', async () => {
    header = JSON.stringify({ delayMs: 0, failRegions: [0], failStatus: 408, failTwirpCode: 'canceled' });
    const late: unknown = await dial().catch((error: unknown) => error);
    expect([refusalOf(late), isTimeout(late)]).toEqual(['line.no-answer', true]);
    header = JSON.stringify({ delayMs: 0, failRegions: [0], failStatus: 503 });
    const none: unknown = await dial().catch((error: unknown) => error);
    expect([refusalOf(none), isTimeout(none)]).toEqual(['line.trunk-failed', false]);
  });
});
