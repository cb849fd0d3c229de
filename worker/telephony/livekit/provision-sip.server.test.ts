import { SipClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildServer, type BuiltServer } from '#infra/livekit/build-servers.ts';
import { startLivekitServer, type LivekitServer } from '#infra/livekit/start-server.ts';
import { sipConfigSchema } from '#shared/config/sip-config.ts';
import { redisProblem, startRedis, type RedisServer } from '#tests/fixtures/redis.ts';
import { provisionSip } from './provision-sip.ts';
import { sipApiAt } from './sip-api.ts';
import { isTimeout, refusalOf } from './sip-refusal.ts';
import { sipServerAt } from './sip-server.ts';

const config = sipConfigSchema.parse({
  lines: [{ number: '+4930555', name: 'Returns' }],
  inbound: { addresses: ['203.0.113.0/24'] },
  outbound: {
    address: 'sip.example.org',
    numbers: ['+4930555'],
    login: { username: 'us', password: '$TRUNK' },
  },
});
const environment = { TRUNK: 'hunter2' };

describe('trunks and rules on a real server', () => {
  let built: BuiltServer;
  let redis: RedisServer;
  let server: LivekitServer;
  const problem = redisProblem();

  beforeAll(async () => {
    built = buildServer('server');
    if (!built.ok || problem !== null) return;
    redis = await startRedis();
    server = await startLivekitServer(built.file, { redisAddress: redis.address });
  });
  beforeEach(context => {
    if (!built.ok) context.skip(built.reason);
    else if (problem !== null) context.skip(problem);
  });
  afterAll(async () => {
    if (!built.ok || problem !== null) return;
    await server.stop();
    await redis.stop();
  });
  const client = (): SipClient =>
    new SipClient(server.url.replace('ws', 'http'), server.apiKey, server.apiSecret);

  test('[SIP50][SIP51] are made once, changed in place, and removed, and others stay', async () => {
    const sip = client();
    const theirs = await sip.createSipInboundTrunk('theirs', ['+49999'], {
      allowedAddresses: ['198.51.100.1'],
    });
    const first = await provisionSip(config, sipServerAt(server), environment);
    expect(first.steps).toEqual(['create', 'create', 'create', 'create']);
    expect(first.lines).toEqual({ '+4930555': 'Returns' });
    const [outbound] = await sip.listSipOutboundTrunk();
    expect(outbound).toMatchObject({
      sipTrunkId: first.outboundTrunkId,
      address: 'sip.example.org',
      authUsername: 'us',
    });

    const inbound = await sip.listSipInboundTrunk();
    for (const name of ['sidetone lines', 'sidetone catch-all']) {
      const trunk = inbound.find(one => one.name === name);
      expect(trunk?.ringingTimeout?.seconds).toBe(45n);
      expect(trunk?.allowedAddresses).toEqual(['203.0.113.0/24']);
    }
    const [rule] = await sip.listSipDispatchRule();
    expect(rule?.rule?.rule.case).toBe('dispatchRuleIndividual');
    expect(rule?.roomConfig?.agents.map(agent => agent.agentName)).toEqual(['sidetone']);

    const again = await provisionSip(config, sipServerAt(server), environment);
    expect(again.steps).toEqual(['keep', 'keep', 'keep', 'keep']);
    expect(again.outboundTrunkId).toBe(first.outboundTrunkId);

    const changed = { ...config, inbound: { ...config.inbound, ringingS: 20 } };
    expect((await provisionSip(changed, sipServerAt(server), environment)).steps).toEqual([
      'replace',
      'replace',
      'keep',
      'keep',
    ]);
    const lines = (await sip.listSipInboundTrunk()).find(one => one.name === 'sidetone lines');
    expect(lines?.ringingTimeout?.seconds).toBe(20n);
    expect(lines?.numbers).toEqual(['+4930555']);
    expect((await provisionSip(changed, sipServerAt(server), { TRUNK: 'new' })).steps[2]).toBe('replace');

    const { outbound: dropped, ...inboundOnly } = changed;
    expect(dropped).toBeDefined();
    const last = await provisionSip(inboundOnly, sipServerAt(server), {});
    expect(last).toMatchObject({ steps: ['remove', 'keep', 'keep', 'keep'], outboundTrunkId: null });
    expect(await sip.listSipOutboundTrunk()).toEqual([]);
    expect((await sip.listSipInboundTrunk()).map(one => one.sipTrunkId)).toContain(theirs.sipTrunkId);
  });

  test('[SIP53] a number that is on another trunk is said', async () => {
    const taken = sipConfigSchema.parse({
      lines: [{ number: '+49998', name: 'Taken' }],
      inbound: { addresses: ['203.0.113.0/24'] },
    });
    await client().createSipInboundTrunk('also theirs', ['+49998'], { allowedAddresses: ['198.51.100.1'] });
    await expect(provisionSip(taken, sipServerAt(server), {})).rejects.toMatchObject({
      body: { code: 'input.invalid' },
    });
  });

  test('[SIP52][SIP53] a key that is not the server’s, and a secret that is not set', async () => {
    const wrong = { ...server, apiSecret: 'x'.repeat(40) };
    await expect(provisionSip(config, sipServerAt(wrong), environment)).rejects.toMatchObject({
      body: { code: 'telephony.refused' },
    });
    await expect(provisionSip(config, sipServerAt(server), {})).rejects.toMatchObject({
      body: { code: 'input.invalid', message: 'The environment variable TRUNK is not set.' },
    });
  });

  test('[SIP31] a phone that is called where nothing speaks SIP fails as a trunk, not as a time-out', async () => {
    const { outboundTrunkId } = await provisionSip(config, sipServerAt(server), environment);
    const failed: unknown = await sipApiAt(server)
      .dial({
        trunkId: outboundTrunkId ?? '',
        number: '+491',
        roomName: 'r',
        identity: 'sip_out_1',
        ringingS: 5,
      })
      .catch((error: unknown) => error);
    expect([refusalOf(failed), isTimeout(failed)]).toEqual(['line.trunk-failed', false]);
  });
});

test('[SIP53] a server without Redis says so, one that is gone does not answer', async context => {
  const built = buildServer('server');
  if (!built.ok) return context.skip(built.reason);
  const server = await startLivekitServer(built.file);
  await expect(provisionSip(config, sipServerAt(server), environment)).rejects.toMatchObject({
    body: {
      code: 'telephony.refused',
      message: 'The LiveKit server has no Redis, without which it does no SIP.',
    },
  });
  await server.stop();
  await expect(provisionSip(config, sipServerAt(server), environment)).rejects.toMatchObject({
    body: { code: 'telephony.unreachable', retryable: true },
  });
});
