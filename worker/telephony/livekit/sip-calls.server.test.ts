import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildServer, type BuiltServer } from '#infra/livekit/build-servers.ts';
import { startLivekitServer, type LivekitServer } from '#infra/livekit/start-server.ts';
import type { CallAudio, TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { callerIdentity } from '#shared/domain/rooms.ts';
import type { EpochMs, MonoMs } from '#shared/domain/units.ts';
import { anyDial } from '#tests/fakes/any-dial.ts';
import { TELEPHONY_CONTRACT, type TelephonyHarness } from '#tests/contract/telephony.contract.ts';
import {
  livekitSipStandIn,
  type SipStandIn,
  type StandInPhone,
} from '#tests/emulators/livekit-sip-stand-in.ts';
import { fakeRoomAssignments } from '#tests/fakes/fake-room-assignments.ts';
import { SABOTAGES, sabotaged, watch, type Sabotage } from '#tests/fakes/saboteur-telephony.ts';
import { joinAsPerson, type RoomPerson } from '#tests/fixtures/livekit/room-person.ts';
import { roomAssignment, roomToken } from '#tests/fixtures/livekit/room-server.ts';
import { PATIENCE, toneLevelIn, untilHeard, untilSilent } from '#tests/fixtures/livekit/tones.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { divertRtcLog } from '#worker/livekit/rtc-room.ts';
import { joinRoom } from '#worker/livekit/rtc-worker-room.ts';
import { DEFAULT_LIMITS, LivekitTelephonyAdapter } from './livekit-telephony-adapter.ts';
import { removeMemberAt } from './room-control.ts';
import { dialInTransfer } from './dial-in-transfer.ts';
import { referTransfer } from './transfer-strategy.ts';

const CALLER_HZ = 700;
const AI_HZ = 1100;
const COLLEAGUE_HZ = 1700;
const INTRODUCTION_HZ = 2300;

const clock: Clock = {
  now: () => Date.now() as EpochMs,
  mono: () => performance.now() as MonoMs,
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A clip of a tone. */
function toneClip(hz: number, frames: number): Int16Array {
  const clip = new Int16Array(frames * FRAME_SAMPLES);
  for (let frame = 0; frame < frames; frame += 1)
    clip.set(toneFrame(hz, frame * FRAME_SAMPLES), frame * FRAME_SAMPLES);
  return clip;
}

describe('calls on a real server', () => {
  let built: BuiltServer;
  let server: LivekitServer;
  const cleanUp: (() => Promise<void> | void)[] = [];

  beforeAll(async () => {
    built = buildServer('server');
    if (!built.ok) return;
    divertRtcLog(() => undefined);
    server = await startLivekitServer(built.file);
  });
  beforeEach(context => {
    if (!built.ok) context.skip(built.reason);
  });
  afterEach(async () => {
    for (const task of cleanUp.splice(0).reverse()) await task();
  });
  afterAll(() => (built.ok ? server.stop() : undefined));

  interface Line {
    readonly adapter: LivekitTelephonyAdapter;
    readonly sip: SipStandIn;
    readonly seen: readonly TelephonyEvent[];
    readonly errors: readonly unknown[];
    dispatch(roomName: string, metadata?: object): Promise<void>;
    ring(roomName: string): Promise<CallId>;
  }

  const line = (how: { warm?: boolean; maxCalls?: number; sabotage?: Sabotage } = {}): Line => {
    const sip = livekitSipStandIn(server);
    const assignments = fakeRoomAssignments();
    const errors: unknown[] = [];
    let ids = 0;
    const adapter = new LivekitTelephonyAdapter({
      permits: anyDial,
      clock,
      assignments,
      join: assignment => joinRoom(assignment, { clock, onError: error => errors.push(error) }),
      remove: removeMemberAt(server),
      newCallId: () => `call-${String((ids += 1))}` as CallId,
      limits: { ...DEFAULT_LIMITS, transferMs: 3000 },
      lines: { '+4930555': 'Returns' },
      sip: sip.api,
      ringingS: 1,
      transferBy: how.warm
        ? dialInTransfer({
            api: sip.api,
            trunkId: 'ST_1',
            ringingS: 1,
            introduction: toneClip(INTRODUCTION_HZ, 100),
            onError: () => undefined,
          })
        : referTransfer,
      capacity: how.maxCalls === undefined ? null : { maxCalls: how.maxCalls, refusal: toneClip(AI_HZ, 100) },
      onJoined: () => undefined,
      onRefused: () => undefined,
      onError: (_callId, error) => errors.push(error),
    });
    const stop = new AbortController();
    const seen = watch(adapter, how.sabotage ?? null, stop.signal);
    cleanUp.push(async () => {
      stop.abort();
      await adapter.stop();
      await sip.stop();
    });
    return {
      adapter,
      sip,
      seen,
      errors,
      dispatch: async (roomName, metadata) => {
        const note = metadata === undefined ? {} : { metadata: JSON.stringify(metadata) };
        assignments.give({ ...(await roomAssignment(server, roomName)), jobId: roomName, ...note });
      },
      ring: roomName =>
        vi.waitFor(() => {
          const ring = seen.find(event => event.type === 'call.ringing' && event.room === roomName);
          if (!ring) throw new Error('has not rung');
          return ring.callId;
        }, PATIENCE),
    };
  };

  /** A phone has called and been answered. */
  const talking = async (how: Parameters<typeof line>[0] = {}) => {
    const made = line(how);
    const phone = await made.sip.callsIn();
    await made.dispatch(phone.roomName);
    const callId = await made.ring(phone.roomName);
    const audio = await made.adapter.answer(callId);
    return { ...made, phone, callId, audio, heard: listenTo(audio), sound: speakOn(audio) };
  };
  const listenTo = (audio: CallAudio): (() => readonly Int16Array[]) => {
    const frames: Int16Array[] = [];
    audio.onFrame(({ samples }) => {
      frames.push(samples);
      if (frames.length > 50) frames.shift();
    });
    return () => frames;
  };
  const speakOn = (audio: CallAudio): ((hz: number | null) => void) => {
    let hz: number | null = null;
    let sample = 0;
    const timer = setInterval(() => {
      sample += FRAME_SAMPLES;
      audio.play(hz === null ? new Int16Array(FRAME_SAMPLES) : toneFrame(hz, sample));
    }, 20);
    cleanUp.push(() => clearInterval(timer));
    return next => (hz = next);
  };
  const told = ({ seen }: Pick<Line, 'seen'>): string[] =>
    seen.map(event => {
      if (event.type === 'call.transfer-requested') return `transfer ${String(event.outcome)}`;
      if (event.type === 'call.ended') return `ended by ${event.by}`;
      return event.type === 'call.failed' ? `failed ${event.code}` : event.type;
    });
  const untilTold = (made: Pick<Line, 'seen'>, what: string): Promise<void> =>
    vi.waitFor(() => expect(told(made)).toContain(what), PATIENCE);

  const phoneHarness = (sabotage?: Sabotage): TelephonyHarness => {
    const made = line(sabotage ? { sabotage } : {});
    const phones = new Map<CallId, StandInPhone>();
    return {
      adapter: sabotaged(made.adapter, sabotage ?? null),
      seen: made.seen,
      callerDials: async () => {
        const phone = await made.sip.callsIn();
        await made.dispatch(phone.roomName);
        const callId = await made.ring(phone.roomName);
        phones.set(callId, phone);
        return callId;
      },
      callerHangsUp: async callId => phones.get(callId)?.hangUp(),
      pass: ms => new Promise(resolve => setTimeout(resolve, ms)),
    };
  };
  const browserHarness = (): TelephonyHarness => {
    const made = line();
    const people = new Map<CallId, RoomPerson>();
    let count = 0;
    return {
      adapter: made.adapter,
      seen: made.seen,
      callerDials: async () => {
        const callId = `web-${String(Date.now())}-${String((count += 1))}` as CallId;
        const roomName = `consultation_support_1_${callId}`;
        await made.dispatch(roomName, { callId, orgId: 'org', line: 'Web', displayName: 'Ada' });
        const token = await roomToken(server, callerIdentity(callId), roomName);
        const person = await joinAsPerson(server.url, token);
        cleanUp.push(() => person.leave());
        await person.speak(null);
        people.set(callId, person);
        return made.ring(roomName);
      },
      callerHangsUp: async callId => people.get(callId)?.leave(),
      pass: ms => new Promise(resolve => setTimeout(resolve, ms)),
    };
  };

  describe('TelephonyAdapter contract: phones', () => {
    test.each(TELEPHONY_CONTRACT)('$title', async ({ run }) => run(phoneHarness()));
  });

  describe('TelephonyAdapter contract: browsers', () => {
    test.each(TELEPHONY_CONTRACT)('$title', async ({ run }) => run(browserHarness()));
  });

  describe('the contract notices on a real server a line that', () => {
    test.each(SABOTAGES)('[TEL1][TEL2][TEL3][TEL4][TEL5][TEL7][TEL8] $name', async sabotage => {
      const cases = TELEPHONY_CONTRACT.filter(({ title }) => title.startsWith(`[${sabotage.breaks}]`));
      await expect(cases[0]?.run(phoneHarness(sabotage))).rejects.toThrow();
    });
  });

  test('[SIP1][SIP2] a phone rings with its number and line, and both sides hear each other', async () => {
    const { seen, phone, heard, sound } = await talking();
    expect(seen[0]).toMatchObject({
      type: 'call.ringing',
      from: '+491700001',
      line: 'Returns',
      room: phone.roomName,
    });
    await phone.person.speak(CALLER_HZ);
    sound(AI_HZ);
    await untilHeard(heard, CALLER_HZ);
    await untilHeard(() => phone.person.heard('ai'), AI_HZ);
    sound(null);
    await untilSilent(() => phone.person.heard('ai'), AI_HZ);
  });

  test('[SIP4] a browser that is loaded again goes on in the same call', async () => {
    const made = line();
    const roomName = 'consultation_support_1_again';
    const note = { callId: 'again', orgId: 'org', line: 'Web', displayName: 'Ada' };
    const token = await roomToken(server, 'caller-again', roomName);
    await made.dispatch(roomName, note);
    const before = await joinAsPerson(server.url, token);
    await before.speak(null);
    const audio = await made.adapter.answer(await made.ring(roomName));
    const heard = listenTo(audio);
    await before.leave();
    const after = await joinAsPerson(server.url, token);
    cleanUp.push(() => after.leave());
    await after.speak(CALLER_HZ);
    await untilHeard(heard, CALLER_HZ);
    expect(told(made)).toEqual(['call.ringing', 'call.connected']);
    await after.leave();
    await untilTold(made, 'ended by caller');
  });

  test('[SIP5] a phone that hangs up ends the call, one whose status goes back does not', async () => {
    const made = await talking();
    await made.phone.setStatus('ringing');
    await made.phone.person.speak(CALLER_HZ);
    await untilHeard(made.heard, CALLER_HZ);
    expect(told(made)).toEqual(['call.ringing', 'call.connected']);
    await made.phone.hangUp();
    await untilTold(made, 'ended by caller');
  });

  test('[SIP6] hanging up takes the phone out of the room', async () => {
    const { adapter, callId, phone } = await talking();
    await adapter.hangUp(callId);
    await vi.waitFor(() => expect(phone.wasRemoved()).toBe(true), PATIENCE);
  });

  test('[SIP12] keys arrive on both sides, capital letters too', async () => {
    const made = await talking();
    const { adapter, callId, phone, seen } = made;
    await phone.press('7');
    await adapter.sendDtmf(callId, '1A#');
    await vi.waitFor(() => expect(phone.keys).toEqual(['1', 'a', '#']), PATIENCE);
    await untilTold(made, 'call.dtmf-received');
    expect(seen.filter(event => event.type === 'call.dtmf-received')).toMatchObject([{ digit: '7' }]);
  });

  test.each([
    ['notifies', 'accepted'],
    ['bye-without-notify', 'uncertain'],
  ] as const)('[SIP22][SIP23] a transfer whose target %s is %s', async (refer, outcome) => {
    const made = await talking();
    made.sip.script({ refer });
    expect(await made.adapter.transfer(made.callId, '+4930')).toBe(outcome);
    await untilTold(made, 'ended by transfer');
    expect(told(made).slice(2)).toEqual(['transfer null', `transfer ${outcome}`, 'ended by transfer']);
  });

  test.each([486, 603, 503, 405, 'says-nothing'] as const)(
    '[SIP21] a transfer answered with %s leaves the call, and the caller hears us',
    async refer => {
      const made = await talking();
      made.sip.script({ refer });
      await expect(made.adapter.transfer(made.callId, '+4930')).rejects.toMatchObject({
        body: { code: 'telephony.transfer-refused' },
      });
      made.sound(AI_HZ);
      await untilHeard(() => made.phone.person.heard('ai'), AI_HZ);
      expect(told(made).slice(2)).toEqual(['transfer null', 'transfer refused']);
    },
  );

  test('[SIP24] a colleague is introduced, both talk, and the AI has the caller again afterwards', async () => {
    const { adapter, callId, phone, sip, sound, heard } = await talking({ warm: true });
    sound(AI_HZ);
    await untilHeard(() => phone.person.heard('ai'), AI_HZ);
    expect(await adapter.transfer(callId, '+4930')).toBe('accepted');
    const colleague = sip.called.get('sip_to_4930');
    if (!colleague) throw new Error('nobody was called');
    await untilHeard(() => phone.person.heard('ai'), INTRODUCTION_HZ);
    await untilHeard(() => colleague.person.heard('ai'), INTRODUCTION_HZ);
    await untilSilent(() => phone.person.heard('ai'), INTRODUCTION_HZ);
    await phone.person.speak(CALLER_HZ);
    await colleague.person.speak(COLLEAGUE_HZ);
    await untilHeard(() => phone.person.heard('sip_to_4930'), COLLEAGUE_HZ);
    await untilHeard(() => colleague.person.heard(phone.identity), CALLER_HZ);
    await untilHeard(heard, CALLER_HZ);
    // The session goes on speaking; nobody hears it.
    expect(toneLevelIn(phone.person.heard('ai').slice(-10), AI_HZ)).toBeLessThan(0.01);
    await colleague.hangUp();
    await untilHeard(() => phone.person.heard('ai'), AI_HZ);
  });

  test.each([
    [486, 'failed line.busy'],
    [404, 'failed line.unknown-number'],
    [503, 'failed line.trunk-failed'],
    ['rings-on', 'failed line.no-answer'],
  ] as const)('[SIP30][SIP31] a phone that we call and that answers %s: %s', async (dial, end) => {
    const made = line();
    made.sip.script({ dial });
    const call = { trunkId: 'ST_1', number: '+4930' };
    const note = { callId: `out-${String(dial)}`, orgId: 'org', line: 'Out', displayName: 'Bo', dial: call };
    await made.dispatch(`out-${String(dial)}`, note);
    await made.ring(`out-${String(dial)}`);
    await untilTold(made, end);
    expect(told(made)).toEqual(['call.ringing', end]);
  });

  test('[SIP30] a phone that we call and that is picked up talks to us', async () => {
    const made = line();
    const call = { trunkId: 'ST_1', number: '+4930' };
    const note = { callId: 'out', orgId: 'org', line: 'Out', displayName: 'Bo', dial: call };
    await made.dispatch('out', note);
    const audio = await made.adapter.answer(await made.ring('out'));
    const heard = listenTo(audio);
    await made.sip.called.get('sip_out_out')?.person.speak(CALLER_HZ);
    await untilHeard(heard, CALLER_HZ);
  });

  test('[SIP41] a caller above the capacity hears why and is hung up', async () => {
    const made = line({ maxCalls: 0 });
    const phone = await made.sip.callsIn();
    await made.dispatch(phone.roomName);
    await untilHeard(() => phone.person.heard('ai'), AI_HZ);
    await vi.waitFor(() => expect(phone.wasRemoved()).toBe(true), PATIENCE);
    expect(made.seen).toEqual([]);
  });
});
