import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Recorder } from '#shared/adapters/recorder.ts';
import type { VoiceEngine } from '#shared/adapters/voice-engine.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { briefingRoom } from '#shared/domain/rooms.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { LivekitServer } from '#infra/livekit/start-server.ts';
import {
  livekitSipStandIn,
  type SipStandIn,
  type StandInPhone,
} from '#tests/emulators/livekit-sip-stand-in.ts';
import { anyDial } from '#tests/fakes/any-dial.ts';
import { fakeRoomAssignments } from '#tests/fakes/fake-room-assignments.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { roomAssignment } from '#tests/fixtures/livekit/room-server.ts';
import {
  HEARD_LEVEL,
  SILENT_LEVEL,
  toneLevelIn,
  untilHeard,
  untilSilent,
} from '#tests/fixtures/livekit/tones.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { createLog } from '#worker/entry/log.ts';
import { phoneTransfers } from '#worker/entry/phone-transfers.ts';
import { planeOfRooms } from '#worker/entry/room-plane.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { createRoomBook } from '#worker/livekit/room-book.ts';
import { divertRtcLog } from '#worker/livekit/rtc-room.ts';
import { joinRoom } from '#worker/livekit/rtc-worker-room.ts';
import { OfflineReplyModel } from '#worker/models/offline-reply-model.ts';
import { ScriptedStt } from '#worker/models/scripted-stt.ts';
import { DEMO_CALL_SETTINGS } from '#worker/session/call-settings.ts';
import {
  DEFAULT_LIMITS,
  LivekitTelephonyAdapter,
} from '#worker/telephony/livekit/livekit-telephony-adapter.ts';
import { removeMemberAt } from '#worker/telephony/livekit/room-control.ts';
import { startCallBench, SUPERVISOR, type CallBench } from './call-bench.ts';

const CALLER_HZ = 700;
const AI_HZ = 1100;
const COLLEAGUE_HZ = 1700;
const INTRODUCTION_HZ = 2300;
const BRIEFING_HZ = 3100;
const PATIENCE = { timeout: 30_000, interval: 100 };
const BRIEFED = '+4931';

const { greeting, bridges } = DEMO_CALL_SETTINGS;
const TO_CALLER = new Set([...greeting, ...Object.values(bridges)].map(text => text.trim()));

function toneClip(hz: number, frames: number): Int16Array {
  const clip = new Int16Array(frames * 320);
  for (let frame = 0; frame < frames; frame += 1) clip.set(toneFrame(hz, frame * 320), frame * 320);
  return clip;
}

/** Says every text as a tone of 0.8 s: one for what callers are told, another for everything else. */
const TONE_VOICE: VoiceEngine = {
  name: 'tones',
  synthesise: text => {
    const samples = toneClip(TO_CALLER.has(text.trim()) ? AI_HZ : BRIEFING_HZ, 40);
    return Promise.resolve({ samples, marks: [{ chars: text.length, sample: samples.length }] });
  },
};

let built: Awaited<ReturnType<typeof livekitServer>>;
let server: LivekitServer;
let sip: SipStandIn;
let adapter: LivekitTelephonyAdapter;
let bench: CallBench;
const assignments = fakeRoomAssignments();
/** The last second of both sides as the recorder was given them, by call. */
const recorded = new Map<CallId, { caller: Int16Array[]; heard: Int16Array[] }>();
const lastSecond = (frames: Int16Array[], frame: Int16Array): void => {
  frames.push(frame.slice());
  if (frames.length > 50) frames.shift();
};
const recorder: Recorder = {
  start: ({ callId }) => {
    const both = { caller: [], heard: [] };
    recorded.set(callId, both);
    return {
      push: (caller, heard) => {
        lastSecond(both.caller, caller);
        lastSecond(both.heard, heard);
      },
      end: () => undefined,
    };
  },
};

beforeAll(async () => {
  built = await livekitServer();
  if (!built.ok) return;
  ({ server } = built);
  divertRtcLog(() => undefined);
  sip = livekitSipStandIn(server);
  const book = createRoomBook();
  const onError = (): void => undefined;
  const transfers = phoneTransfers({
    access: server,
    clock: systemClock,
    clips: { introduction: toneClip(INTRODUCTION_HZ, 40) },
    phones: {
      outboundTrunkId: 'ST_1',
      transfers: { way: 'dial-in', targets: [{ number: BRIEFED, way: 'briefed' }], decisionS: 20 },
    },
    ringingS: 5,
    onError,
    onCallError: onError,
    sip: sip.api,
  });
  let ids = 0;
  adapter = new LivekitTelephonyAdapter({
    permits: anyDial,
    clock: systemClock,
    assignments,
    join: book.joining(assignment => joinRoom(assignment, { clock: systemClock, onError })),
    remove: removeMemberAt(server),
    newCallId: () => `call-${String((ids += 1))}` as CallId,
    limits: DEFAULT_LIMITS,
    lines: {},
    sip: sip.api,
    ringingS: 5,
    transferBy: transfers.by,
    onJoined: transfers.onJoined,
    capacity: null,
    onRefused: onError,
    onError,
  });
  bench = await startCallBench({
    line: stub => ({ telephony: adapter, script: stub, people: book }),
    plane: mixing =>
      planeOfRooms(
        mixing,
        { access: server, book },
        { recordAccess: () => Promise.resolve() },
        createLog('silent'),
      ),
    recorder,
    providers: {
      model: new OfflineReplyModel({ clock: systemClock, wordDelayMs: 5 }),
      voice: TONE_VOICE,
      createStt: callId => new ScriptedStt(callId, { utterances: () => [] }),
    },
  });
}, BUILD_LIMIT_MS);
beforeEach(context => {
  if (!built.ok) context.skip(built.reason);
});
afterAll(async () => {
  if (!built.ok) return;
  await bench.stop();
  await adapter.stop();
  await sip.stop();
  await server.stop();
});

let numbers = 0;

/** A phone has called, heard the greeting to its end, and is recorded. */
async function talking() {
  const phone = await sip.callsIn({ from: `+4917000${String((numbers += 1))}` });
  assignments.give({ ...(await roomAssignment(server, phone.roomName)), jobId: phone.roomName });
  const callId = await vi.waitFor(() => {
    const ring = bench.journal.events.find(
      event => event.type === 'call.ringing' && event.room === phone.roomName,
    );
    if (!ring) throw new Error('has not rung');
    return ring.conversationId;
  }, PATIENCE);
  await on(callId, 'recording.started');
  return { phone, callId };
}
const eventsOf = (callId: CallId): readonly CallEvent[] =>
  bench.journal.events.filter(event => event.conversationId === callId);
const on = (callId: CallId, type: CallEvent['type'], fits: (event: never) => boolean = () => true) =>
  vi.waitFor(() => {
    const found = eventsOf(callId).find(event => event.type === type && fits(event as never));
    if (!found) throw new Error(`${type} has not happened`);
    return found;
  }, PATIENCE);
const withColleague = (event: { with: string }): boolean => event.with === 'colleague';
const colleagueOf = (number: string): StandInPhone => {
  const phone = sip.called.get(`sip_to_${number.replace('+', '')}`);
  if (!phone) throw new Error('nobody was called');
  return phone;
};
async function listenTo(callId: CallId): Promise<() => readonly Int16Array[]> {
  await bench.run(callId, 'listen');
  const frames: Int16Array[] = [];
  bench.media.listen(
    callId,
    SUPERVISOR.userId,
    frame => lastSecond(frames, frame.samples),
    () => undefined,
  );
  return () => frames;
}

/** Both sound, and everybody hears whom the matrix names: each other, the listener both, the recording one on each side. */
async function expectTogether(
  { phone, callId }: { readonly phone: StandInPhone; readonly callId: CallId },
  colleague: StandInPhone,
  carried: { readonly caller: string; readonly colleague: string },
): Promise<void> {
  const listener = await listenTo(callId);
  const sides = recorded.get(callId);
  await phone.person.speak(CALLER_HZ);
  await colleague.person.speak(COLLEAGUE_HZ);
  await untilHeard(() => phone.person.heard(carried.colleague), COLLEAGUE_HZ);
  await untilHeard(() => colleague.person.heard(carried.caller), CALLER_HZ);
  await untilHeard(listener, COLLEAGUE_HZ);
  await untilHeard(listener, CALLER_HZ);
  await untilHeard(() => sides?.heard ?? [], COLLEAGUE_HZ);
  await untilHeard(() => sides?.caller ?? [], CALLER_HZ);
  // Neither side holds the other, nor the AI.
  expect(toneLevelIn(sides?.caller ?? [], COLLEAGUE_HZ)).toBeLessThan(HEARD_LEVEL / 5);
  expect(toneLevelIn(sides?.heard ?? [], CALLER_HZ)).toBeLessThan(HEARD_LEVEL / 5);
  await untilSilent(() => sides?.heard ?? [], AI_HZ);
  const human = bench.notices.filter(notice => notice.type === 'levels' && notice.callId === callId).at(-1);
  expect(human?.type === 'levels' && human.human).toBeGreaterThan(0.1);

  // Card data: nobody listens and nothing is recorded, and the two still hear each other.
  await bench.run(callId, 'set-hush', { on: true });
  for (const frames of [listener, () => sides?.heard ?? [], () => sides?.caller ?? []]) {
    await untilSilent(frames, COLLEAGUE_HZ);
    await untilSilent(frames, CALLER_HZ);
  }
  phone.person.forget();
  colleague.person.forget();
  await untilHeard(() => phone.person.heard(carried.colleague), COLLEAGUE_HZ);
  await untilHeard(() => colleague.person.heard(carried.caller), CALLER_HZ);
  await bench.run(callId, 'set-hush', { on: false });
  await untilHeard(() => sides?.heard ?? [], COLLEAGUE_HZ);
}

describe('a colleague on the phone, with a real server', { timeout: 120_000 }, () => {
  test('[REC15][MED15][HEAR7][SIP24] who was dialled into the call is recorded, metered and listened to, and a hush keeps them out', async () => {
    const call = await talking();
    const { callId, phone } = call;
    await bench.run(callId, 'transfer', { target: '+4930' });
    await on(callId, 'call.parked', withColleague);
    const colleague = colleagueOf('+4930');
    await expectTogether(call, colleague, { caller: phone.identity, colleague: 'sip_to_4930' });
    await colleague.hangUp();
    await on(callId, 'call.unparked');
    await untilHeard(() => phone.person.heard('ai'), AI_HZ);
    await untilSilent(() => recorded.get(callId)?.heard ?? [], COLLEAGUE_HZ);
    await phone.hangUp();
    await on(callId, 'call.ended');
  });

  test('[SIP25][SIP26][SIP27][SUP76][GATE84] who was told of the call first is carried to the caller, and neither heard anything of the other before', async () => {
    const call = await talking();
    const { callId, phone } = call;
    await phone.person.speak(CALLER_HZ);
    await bench.run(callId, 'transfer', { target: BRIEFED });
    await on(callId, 'call.parked', (event: { with: string }) => event.with === 'briefing');
    const colleague = colleagueOf(BRIEFED);
    await colleague.person.speak(COLLEAGUE_HZ);
    expect(colleague.roomName).not.toBe(phone.roomName);
    const leaks: string[] = [];
    const look = setInterval(() => {
      const heard = [...phone.person.room.remoteParticipants.keys()];
      if (heard.join() !== 'ai') leaks.push(`the caller is with ${heard.join()}`);
      for (const hz of [BRIEFING_HZ, COLLEAGUE_HZ])
        if (toneLevelIn(phone.person.heard('ai'), hz) > SILENT_LEVEL)
          leaks.push(`the caller hears ${String(hz)}`);
      if (toneLevelIn(colleague.person.heard('ai'), CALLER_HZ) > SILENT_LEVEL)
        leaks.push('the colleague hears the caller');
      if (toneLevelIn(recorded.get(callId)?.heard ?? [], BRIEFING_HZ) > SILENT_LEVEL)
        leaks.push('the briefing is recorded');
    }, 100);
    await untilHeard(() => colleague.person.heard('ai'), BRIEFING_HZ);
    await on(callId, 'briefing.judged', (event: { text: string }) => event.text.includes('on the line'));
    await new Promise(resolve => setTimeout(resolve, 2000));
    clearInterval(look);
    expect([...new Set(leaks)]).toEqual([]);

    await colleague.press('1');
    await untilHeard(() => phone.person.heard('ai'), INTRODUCTION_HZ);
    await untilHeard(() => colleague.person.heard('ai'), INTRODUCTION_HZ);
    await on(callId, 'call.parked', withColleague);
    await expectTogether(call, colleague, { caller: 'ai', colleague: 'ai' });

    // Somebody of ours takes the call over: the track that brings the colleague stays open.
    await bench.run(callId, 'take-over');
    phone.person.forget();
    await untilHeard(() => phone.person.heard('ai'), COLLEAGUE_HZ);
    await bench.run(callId, 'hand-back', { notes: '' });

    await colleague.hangUp();
    await on(callId, 'call.unparked');
    await untilHeard(() => phone.person.heard('ai'), AI_HZ);
    const kinds = eventsOf(callId).flatMap(event => (event.type === 'briefing.ended' ? [event.outcome] : []));
    expect(kinds).toEqual(['accepted']);
    await phone.hangUp();
    await on(callId, 'call.ended');
  });

  test.each([
    ['declines', 'declined', (colleague: StandInPhone) => colleague.press('2')],
    ['hangs up', 'hung-up', (colleague: StandInPhone) => colleague.hangUp()],
  ] as const)(
    '[SIP26] a colleague who %s is gone, and the AI has the caller again with one sentence',
    async (_how, outcome, act) => {
      const { callId, phone } = await talking();
      await bench.run(callId, 'transfer', { target: BRIEFED });
      await on(callId, 'call.parked', (event: { with: string }) => event.with === 'briefing');
      const colleague = colleagueOf(BRIEFED);
      await act(colleague);
      await on(callId, 'call.unparked', (event: { cause: string }) => event.cause === 'declined');
      await untilHeard(() => phone.person.heard('ai'), AI_HZ);
      if (outcome === 'declined') await vi.waitFor(() => expect(colleague.wasRemoved()).toBe(true), PATIENCE);
      expect(eventsOf(callId).filter(event => event.type === 'briefing.ended')).toMatchObject([{ outcome }]);
      expect(
        eventsOf(callId).filter(event => event.type === 'chunk.drafted' && event.text === bridges.declined),
      ).toHaveLength(1);
      await phone.hangUp();
      await on(callId, 'call.ended');
    },
  );

  test('[SIP27] a caller who hangs up takes the colleague with them', async () => {
    const { callId, phone } = await talking();
    await bench.run(callId, 'transfer', { target: BRIEFED });
    await on(callId, 'call.parked', (event: { with: string }) => event.with === 'briefing');
    const colleague = colleagueOf(BRIEFED);
    await colleague.press('1');
    await on(callId, 'call.parked', withColleague);
    await phone.hangUp();
    await on(callId, 'call.ended');
    await vi.waitFor(() => expect(colleague.wasRemoved()).toBe(true), PATIENCE);
  });

  test('[SIP33] a colleague who is in the room when a host comes to the call is heard by listeners, and the AI is silent until they leave', async () => {
    const phone = await sip.callsIn({ from: '+491708888' });
    const { roomName } = phone;
    await sip.api.dial({ trunkId: 'ST_1', number: '+4938', roomName, identity: 'sip_to_4938', ringingS: 5 });
    const colleague = colleagueOf('+4938');
    await colleague.person.speak(COLLEAGUE_HZ);
    assignments.give({ ...(await roomAssignment(server, roomName)), jobId: roomName });
    const { conversationId: callId } = await vi.waitFor(() => {
      const parked = bench.journal.events.find(
        event => event.type === 'call.parked' && event.target === '+4938',
      );
      if (!parked) throw new Error('nobody is parked');
      return parked;
    }, PATIENCE);
    await on(callId, 'call.connected');
    await untilHeard(await listenTo(callId), COLLEAGUE_HZ);
    await untilSilent(() => phone.person.heard('ai'), AI_HZ);
    await colleague.hangUp();
    await on(callId, 'call.unparked');
    await untilHeard(() => phone.person.heard('ai'), AI_HZ);
    await phone.hangUp();
    await on(callId, 'call.ended');
  });

  test('[SIP29] a colleague who was being told of a call whose host has died is hung up by the host that goes on', async () => {
    const phone = await sip.callsIn({ from: '+491709999' });
    const roomName = briefingRoom(phone.roomName);
    await sip.api.dial({ trunkId: 'ST_1', number: '+4939', roomName, identity: 'sip_to_4939', ringingS: 5 });
    const colleague = colleagueOf('+4939');
    assignments.give({ ...(await roomAssignment(server, phone.roomName)), jobId: phone.roomName });
    await vi.waitFor(() => expect(colleague.wasRemoved()).toBe(true), PATIENCE);
    expect(phone.wasRemoved()).toBe(false);
    await phone.hangUp();
  });
});
