import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { LivekitServer } from '#infra/livekit/start-server.ts';
import { livekitSipStandIn, type DialScript } from '#tests/emulators/livekit-sip-stand-in.ts';
import { watch } from '#tests/fakes/saboteur-telephony.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { startRoomsControl } from '#tests/fixtures/rooms-control.ts';
import { PATIENCE, untilHeard } from '#tests/fixtures/livekit/tones.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { DialPermits } from '#worker/livekit/dial-permits.ts';
import { registerHost } from '#worker/livekit/dispatch/register-host.ts';
import { livekitRoomServer } from '#worker/livekit/room-server.ts';
import { divertRtcLog } from '#worker/livekit/rtc-room.ts';
import { joinRoom } from '#worker/livekit/rtc-worker-room.ts';
import {
  DEFAULT_LIMITS,
  LivekitTelephonyAdapter,
} from '#worker/telephony/livekit/livekit-telephony-adapter.ts';
import { removeMemberAt } from '#worker/telephony/livekit/room-control.ts';
import { referTransfer } from '#worker/telephony/livekit/transfer-strategy.ts';

const CALLEE_HZ = 900;

describe('a call that a person asks for, on a real server', { timeout: 60_000 }, () => {
  let built: Awaited<ReturnType<typeof livekitServer>>;
  let access: LivekitServer;
  const cleanUp: (() => Promise<void> | void)[] = [];
  beforeAll(async () => {
    built = await livekitServer({ autoCreate: false });
    if (!built.ok) return;
    access = built.server;
    divertRtcLog(() => undefined);
  }, BUILD_LIMIT_MS);
  beforeEach(context => {
    if (!built.ok) context.skip(built.reason);
  });
  afterEach(async () => {
    for (const task of cleanUp.splice(0).reverse()) await task();
  });
  afterAll(() => (built.ok ? access.stop() : undefined));

  /** The control API, and a host that LiveKit gives rooms to and whose calls go into the same journal. */
  async function start(dial: DialScript) {
    const permits = new DialPermits();
    const control = await startRoomsControl({
      access,
      server: livekitRoomServer(access),
      phones: { trunkId: 'ST_1', maxCalls: 5, permits },
    });
    const sip = livekitSipStandIn(access);
    sip.script({ dial });
    const { promise: registered, resolve: register } = Promise.withResolvers<undefined>();
    const host = registerHost({
      access,
      clock: systemClock,
      random: Math.random,
      capacity: 5,
      onState: state => state.name === 'registered' && register(undefined),
      onNote: () => undefined,
    });
    const outcomes: string[] = [];
    const adapter = new LivekitTelephonyAdapter({
      clock: systemClock,
      assignments: {
        ...host,
        ended: (jobId, outcome) => {
          outcomes.push(outcome);
          host.ended(jobId, outcome);
        },
      },
      join: assignment => joinRoom(assignment, { clock: systemClock, onError: () => undefined }),
      remove: removeMemberAt(access),
      newCallId: () => 'not-from-here' as CallId,
      limits: DEFAULT_LIMITS,
      lines: {},
      sip: sip.api,
      permits,
      ringingS: 2,
      transferBy: referTransfer,
      onJoined: () => undefined,
      capacity: null,
      onRefused: () => undefined,
      onError: () => undefined,
    });
    const stop = new AbortController();
    const seen: readonly TelephonyEvent[] = watch(adapter, null, stop.signal);
    const told = setInterval(() => {
      for (const event of seen)
        if (event.type === 'call.ringing' && !rung.has(event.callId)) {
          rung.add(event.callId);
          control.ring(event.callId, event.room ?? '');
        }
    }, 20);
    const rung = new Set<CallId>();
    cleanUp.push(async () => {
      clearInterval(told);
      stop.abort();
      await adapter.stop();
      host.close();
      await sip.stop();
      await control.close();
    });
    await registered;
    return { control, adapter, sip, seen, outcomes };
  }

  test('[API50][API51][SIP30] it rings at the number, is on the floor once however often it is asked for, and is picked up', async () => {
    const { control, adapter, sip, seen } = await start('picks-up');
    const body = { to: '+49 30 12345', requestId: 'r1', name: 'Bo' };
    const [first, second] = await Promise.all([
      control.ask('/api/calls', body, control.admin),
      control.ask('/api/calls', body, control.admin),
    ]);
    expect([first.status, second.body.callId]).toEqual([200, first.body.callId]);
    const callId = first.body.callId as CallId;
    expect(seen.filter(event => event.type === 'call.ringing')).toMatchObject([
      { callId, from: '+493012345', displayName: 'Bo', line: 'Outgoing', simulated: false },
    ]);
    const { body: floor } = await control.ask('/api/snapshot', undefined, control.admin);
    expect((floor as unknown as { calls: { callId: string }[] }).calls.map(call => call.callId)).toEqual([
      callId,
    ]);
    const audio = await adapter.answer(callId);
    const heard: Int16Array[] = [];
    audio.onFrame(({ samples }) => heard.push(samples));
    await sip.called.get(`sip_out_${callId}`)?.person.speak(CALLEE_HZ);
    await untilHeard(() => heard, CALLEE_HZ);
  });

  test.each([
    [486, 'line.busy'],
    [603, 'line.declined'],
    [404, 'line.unknown-number'],
    [480, 'line.unavailable'],
    [503, 'line.trunk-failed'],
    ['rings-on', 'line.no-answer'],
  ] as const)('[API56][SIP31] one that is answered %s ends as %s', async (dial, code) => {
    const { control, seen } = await start(dial);
    const { body } = await control.ask('/api/calls', { to: '+4930', requestId: 'r2' }, control.admin);
    await vi.waitFor(() => {
      expect(seen.at(-1)).toEqual({ type: 'call.failed', callId: body.callId, code });
    }, PATIENCE);
  });

  test('[API58] a host that comes to a room of which nobody waits any more neither joins nor dials', async () => {
    const { control, sip, seen, outcomes } = await start('picks-up');
    const { body } = await control.ask('/api/calls', { to: '+4930', requestId: 'r6' }, control.admin);
    const { callId } = body;
    await vi.waitFor(() => expect(sip.called.size).toBe(1), PATIENCE);
    // As a lost word that comes after all: the same room, for a call that nobody has asked for.
    const note = { orgId: 'o', line: 'Outgoing', displayName: 'Bo', simulated: false };
    const late = JSON.stringify({ ...note, callId: 'late', dial: { trunkId: 'ST_1', number: '+4930' } });
    const rooms = livekitRoomServer(access);
    await rooms.createRoom('out-late', late);
    await rooms.dispatch('out-late', late);
    await vi.waitFor(() => expect(outcomes).toEqual(['success']), PATIENCE);
    expect([...sip.called.keys()]).toEqual([`sip_out_${callId}`]);
    expect(seen.filter(event => event.type === 'call.ringing')).toHaveLength(1);
  });

  test('[API50][API52] who has no right to call, and what is no number, is refused, and nobody is called', async () => {
    const { control, sip } = await start('picks-up');
    const agent = await control.sessionOf('user-lind');
    const refused = await control.ask('/api/calls', { to: '+4930', requestId: 'r3' }, agent);
    expect([refused.status, refused.body.error?.code]).toEqual([403, 'access.denied']);
    const wrong = await control.ask('/api/calls', { to: 'Anna', requestId: 'r4' }, control.admin);
    expect([wrong.status, wrong.body.error?.code]).toEqual([400, 'input.invalid']);
    const extra = await control.ask(
      '/api/calls',
      { to: '+4930', requestId: 'r5', from: '+1' },
      control.admin,
    );
    expect(extra.status).toBe(400);
    expect(sip.called.size).toBe(0);
  });
});
