import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildServer } from '#infra/livekit/build-servers.ts';
import { startLivekitServer, type LivekitServer } from '#infra/livekit/start-server.ts';
import { findLivekitSip, startLivekitSip, type LivekitSip } from '#infra/livekit/start-sip.ts';
import type { CallAudio, TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import { sipConfigSchema } from '#shared/config/sip-config.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { RoomNote } from '#shared/domain/rooms.ts';
import { anyDial } from '#tests/fakes/any-dial.ts';
import { watch } from '#tests/fakes/saboteur-telephony.ts';
import { BUILD_LIMIT_MS } from '#tests/fixtures/livekit-bench.ts';
import { PATIENCE, untilHeard } from '#tests/fixtures/livekit/tones.ts';
import { redisProblem, startRedis, type RedisServer } from '#tests/fixtures/redis.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { registerHost } from '#worker/livekit/dispatch/register-host.ts';
import { livekitRoomServer } from '#worker/livekit/room-server.ts';
import { divertRtcLog } from '#worker/livekit/rtc-room.ts';
import { joinRoom } from '#worker/livekit/rtc-worker-room.ts';
import {
  DEFAULT_LIMITS,
  LivekitTelephonyAdapter,
} from '#worker/telephony/livekit/livekit-telephony-adapter.ts';
import { provisionSip } from '#worker/telephony/livekit/provision-sip.ts';
import { removeMemberAt } from '#worker/telephony/livekit/room-control.ts';
import { sipApiAt } from '#worker/telephony/livekit/sip-api.ts';
import { sipServerAt } from '#worker/telephony/livekit/sip-server.ts';
import { referTransfer } from '#worker/telephony/livekit/transfer-strategy.ts';
import { openEar } from './ear.ts';
import {
  freeUdpPort,
  keysReason,
  PHONE_HZ,
  sippReason,
  startSipp,
  type SippOptions,
  type SippPhone,
} from './run-sipp.ts';

const AI_HZ = 1100;
const LINE = '+4930555';
const CALLER = '+4917055501';
const RINGING_S = 5;
/** livekit-sip that was killed is noticed by LiveKit after 21 s (measured). */
const KILLED = { timeout: 60_000, interval: 200 };

/** Why no call can go through a real livekit-sip here, or `null`. */
function missing(): string | null {
  const sip = findLivekitSip(process.env);
  if (!sip.ok) return sip.reason;
  const server = buildServer('server');
  if (!server.ok) return server.reason;
  return redisProblem() ?? sippReason();
}

/** Calls of real phones through a real livekit-sip, as the line of a worker has them. */
describe('calls through livekit-sip', { timeout: 120_000 }, () => {
  let reason: string | null;
  let redis: RedisServer;
  let server: LivekitServer;
  let sip: LivekitSip;
  let calleePort: number;
  const phones: SippPhone[] = [];
  const cleanUp: (() => Promise<void> | void)[] = [];

  const startSip = async (): Promise<LivekitSip> => {
    const found = findLivekitSip(process.env);
    if (!found.ok) throw new Error(found.reason);
    return startLivekitSip(found.file, {
      apiKey: server.apiKey,
      apiSecret: server.apiSecret,
      serverUrl: server.url,
      redisAddress: redis.address,
      sipPort: await freeUdpPort(),
      rtpPorts: [26_000, 26_400],
      healthPort: await freeUdpPort(),
    });
  };
  beforeAll(async () => {
    reason = missing();
    if (reason !== null) return;
    const built = buildServer('server');
    if (!built.ok) return;
    divertRtcLog(() => undefined);
    redis = await startRedis();
    server = await startLivekitServer(built.file, { redisAddress: redis.address });
    sip = await startSip();
    calleePort = await freeUdpPort();
  }, BUILD_LIMIT_MS);
  beforeEach(context => {
    if (reason !== null) context.skip(reason);
  });
  afterEach(async () => {
    for (const phone of phones.splice(0)) phone.stop();
    for (const task of cleanUp.splice(0).reverse()) await task();
  });
  afterAll(async () => {
    if (reason !== null) return;
    await sip.stop();
    await server.stop();
    await redis.stop();
  });

  const phone = async (options: SippOptions): Promise<SippPhone> => {
    const started = await startSipp(options);
    phones.push(started);
    return started;
  };
  const callsIn = (scenario: string, more: Partial<SippOptions> = {}): Promise<SippPhone> =>
    phone({ scenario, calls: { port: sip.sipPort, number: LINE, from: CALLER }, ...more });

  /** Trunks and rules as a worker makes them. */
  async function provision() {
    const config = sipConfigSchema.parse({
      lines: [{ number: LINE, name: 'Returns' }],
      inbound: { addresses: ['127.0.0.1/32'], ringingS: RINGING_S },
      outbound: { address: `127.0.0.1:${String(calleePort)}`, transport: 'udp', numbers: [LINE] },
    });
    return provisionSip(config, sipServerAt(server), {});
  }

  /** A host of ours. */
  async function line() {
    const { outboundTrunkId, lines } = await provision();
    const { promise: registered, resolve: register } = Promise.withResolvers<undefined>();
    const host = registerHost({
      access: server,
      clock: systemClock,
      random: Math.random,
      capacity: 5,
      onState: state => state.name === 'registered' && register(undefined),
      onNote: () => undefined,
    });
    let ids = 0;
    const adapter = new LivekitTelephonyAdapter({
      permits: anyDial,
      clock: systemClock,
      assignments: host,
      join: assignment => joinRoom(assignment, { clock: systemClock, onError: () => undefined }),
      remove: removeMemberAt(server),
      newCallId: () => `call-${String((ids += 1))}` as CallId,
      limits: DEFAULT_LIMITS,
      lines,
      sip: sipApiAt(server),
      ringingS: RINGING_S,
      transferBy: referTransfer,
      onJoined: () => undefined,
      capacity: null,
      onRefused: () => undefined,
      onError: () => undefined,
    });
    const stop = new AbortController();
    const seen: readonly TelephonyEvent[] = watch(adapter, null, stop.signal);
    cleanUp.push(async () => {
      stop.abort();
      await adapter.stop();
      host.close();
    });
    await registered;
    const until = (type: TelephonyEvent['type']) =>
      vi.waitFor(() => {
        const event = seen.find(one => one.type === type);
        if (!event) throw new Error(`no ${type} yet`);
        return event;
      }, KILLED);
    return { adapter, seen, until, trunkId: outboundTrunkId ?? '' };
  }
  const listenTo = (audio: CallAudio): (() => readonly Int16Array[]) => {
    const frames: Int16Array[] = [];
    audio.onFrame(({ samples }) => {
      frames.push(samples);
      if (frames.length > 50) frames.shift();
    });
    return () => frames;
  };
  const sound = (audio: CallAudio, hz: number): void => {
    let sample = 0;
    const timer = setInterval(() => audio.play(toneFrame(hz, (sample += FRAME_SAMPLES))), 20);
    cleanUp.push(() => clearInterval(timer));
  };
  const answered = async (scenario: string, more: Partial<SippOptions> = {}) => {
    const made = await line();
    const caller = await callsIn(scenario, more);
    const { callId } = await made.until('call.ringing');
    return { ...made, caller, callId, audio: await made.adapter.answer(callId) };
  };
  const WELL = { code: 0, said: '' };

  test('[SIP61] a caller rings with number and line, is heard, presses keys, and hangs up', async context => {
    const noKeys = keysReason();
    if (noKeys !== null) context.skip(noKeys);
    const { seen, until, audio, caller } = await answered('caller-talks');
    expect(seen[0]).toMatchObject({ type: 'call.ringing', from: CALLER, line: 'Returns' });
    await untilHeard(listenTo(audio), PHONE_HZ);
    expect(await until('call.ended')).toMatchObject({ by: 'caller' });
    expect(seen.flatMap(event => (event.type === 'call.dtmf-received' ? [event.digit] : []))).toEqual([
      '7',
      '#',
    ]);
    expect(await caller.done).toEqual(WELL);
  });

  test('[SIP61] what we say arrives at the phone, and what it sends arrives here; we hang up, and the phone is hung up', async () => {
    const { adapter, callId, audio, caller } = await answered('caller-echoes', { echoes: true });
    sound(audio, AI_HZ);
    await untilHeard(listenTo(audio), AI_HZ);
    await adapter.hangUp(callId);
    expect(await caller.done).toEqual(WELL);
  });

  test('[SIP61][SIP51] a caller whom nobody answers is refused after the ringing time', async () => {
    // Without a host: a host's track is what livekit-sip picks up for.
    await provision();
    const caller = await callsIn('caller-is-refused');
    expect(await caller.done).toEqual(WELL);
  });

  test.each([
    ['callee-is-busy', 'line.busy'],
    ['callee-rings-on', 'line.no-answer'],
  ])('[SIP61][SIP31] a phone that we call and that plays %s: %s', async (scenario, code) => {
    const made = await line();
    await callOut(made.trunkId, scenario);
    expect(await made.until('call.failed')).toMatchObject({ code });
  });

  test('[SIP61][SIP30] a phone that we call and that picks up hears us and is hung up', async () => {
    const made = await line();
    const ear = await openEar();
    cleanUp.push(() => ear.close());
    const { callee, callId } = await callOut(made.trunkId, 'callee-picks-up', ear.port);
    await made.until('call.ringing');
    const audio = await made.adapter.answer(callId);
    sound(audio, AI_HZ);
    await untilHeard(ear.heard, AI_HZ);
    await made.adapter.hangUp(callId);
    expect(await callee.done).toEqual(WELL);
  });

  async function callOut(trunkId: string, scenario: string, earPort?: number) {
    const callee = await phone({ scenario, port: calleePort, ...(earPort === undefined ? {} : { earPort }) });
    const callId = `out-${String(Date.now())}` as CallId;
    const dial = { trunkId, number: '+4930777' };
    const note = { callId, orgId: 'org', line: 'Out', displayName: 'Bo', simulated: false, dial };
    const metadata = JSON.stringify(note satisfies Omit<RoomNote, 'orgId'> & { orgId: string });
    const rooms = livekitRoomServer(server);
    await rooms.createRoom(callId, metadata);
    await rooms.dispatch(callId, metadata);
    return { callee, callId };
  }

  test.each([
    ['caller-is-transferred', 'accepted'],
    ['caller-is-not-transferred', 'refused'],
  ])('[SIP61][SIP22] a phone that plays %s was %s', async (scenario, outcome) => {
    const { adapter, callId, seen, caller, audio } = await answered(scenario);
    await untilHeard(listenTo(audio), PHONE_HZ);
    const transfer = adapter.transfer(callId, '+4930');
    if (outcome === 'accepted') expect(await transfer).toBe('accepted');
    else await expect(transfer).rejects.toMatchObject({ body: { code: 'telephony.transfer-refused' } });
    expect(await caller.done).toEqual(WELL);
    const told = seen.flatMap(event => (event.type === 'call.transfer-requested' ? [event.outcome] : []));
    expect(told).toEqual([null, outcome]);
  });

  test('[SIP61] a livekit-sip that is killed ends the call as lost, once, and another takes new calls', async () => {
    const { seen, until, audio } = await answered('caller-stays');
    await untilHeard(listenTo(audio), PHONE_HZ);
    await sip.kill();
    expect(await until('call.failed')).toMatchObject({ code: 'line.lost' });
    expect(seen.filter(event => event.type === 'call.failed' || event.type === 'call.ended')).toHaveLength(1);
    sip = await startSip();
    const again = await callsIn('caller-echoes');
    const ring = await vi.waitFor(() => {
      const rings = seen.filter(event => event.type === 'call.ringing');
      if (rings.length < 2) throw new Error('has not rung');
      return rings[1];
    }, PATIENCE);
    expect(ring).toBeDefined();
    again.stop();
  });
});
