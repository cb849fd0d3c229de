import { buildServer } from '#infra/livekit/build-servers.ts';
import { startLivekitServer, type LivekitServer } from '#infra/livekit/start-server.ts';
import type { TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { anyDial } from '#tests/fakes/any-dial.ts';
import { livekitSipStandIn, type StandInPhone } from '#tests/emulators/livekit-sip-stand-in.ts';
import { fakeRoomAssignments } from '#tests/fakes/fake-room-assignments.ts';
import { watch } from '#tests/fakes/saboteur-telephony.ts';
import { roomAssignment } from '#tests/fixtures/livekit/room-server.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { phoneTransfers } from '#worker/entry/phone-transfers.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { divertRtcLog } from '#worker/livekit/rtc-room.ts';
import { joinRoom } from '#worker/livekit/rtc-worker-room.ts';
import { CallMixer } from '#worker/media/loopback/call-mixer.ts';
import { peak } from '#worker/media/loopback/mix.ts';
import { ColleagueOnCall } from '#worker/session/colleague-on-call.ts';
import {
  DEFAULT_LIMITS,
  LivekitTelephonyAdapter,
} from '#worker/telephony/livekit/livekit-telephony-adapter.ts';
import { removeMemberAt } from '#worker/telephony/livekit/room-control.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';

const ARMS = { 'one-room': '+4930', relayed: '+4931' } as const;
type Arm = keyof typeof ARMS;
const PULSE_EVERY_MS = 500;
const LOUD = 0.05;
/** The clip that both hear first. */
const SETTLE_MS = 1500;

/**
 * From one phone's microphone to the other's ear, on this machine: both in one room, and carried between two rooms by the worker. What the
 * two have in common (codec, jitter buffers of the clients) is in both, so that only their difference says anything.
 */
async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  const built = buildServer('server');
  if (!built.ok) {
    process.stderr.write(`relay: not measured: ${built.reason}\n`);
    return;
  }
  divertRtcLog(() => undefined);
  const server = await startLivekitServer(built.file);
  try {
    const pulses = quick ? 20 : full ? 200 : 60;
    const medians: Record<Arm, number> = { 'one-room': Number.NaN, relayed: Number.NaN };
    for (const arm of ['one-room', 'relayed'] as const) {
      const delays = await measure(server, arm, pulses);
      medians[arm] = percentile(delays, 0.5);
      yield figure('delay.p50', medians[arm], arm, delays.length);
      yield figure('delay.p95', percentile(delays, 0.95), arm, delays.length);
    }
    yield figure('added.p50', medians.relayed - medians['one-room'], 'relayed', pulses * 2);
  } finally {
    await server.stop();
  }
}

const figure = (metric: string, value: number, arm: string, n: number): Figure => ({
  bench: 'relay',
  metric,
  value: Math.round(value * 10) / 10,
  unit: 'ms',
  arm,
  n,
  goal: null,
  context: { way: 'phone stand-in to phone stand-in, both directions' },
});

async function measure(server: LivekitServer, arm: Arm, pulses: number): Promise<readonly number[]> {
  const sip = livekitSipStandIn(server);
  const assignments = fakeRoomAssignments();
  const ignore = (): void => undefined;
  const transfers = phoneTransfers({
    access: server,
    clock: systemClock,
    clips: { introduction: new Int16Array(FRAME_SAMPLES) },
    phones: {
      outboundTrunkId: 'ST_1',
      transfers: { way: 'dial-in', targets: [{ number: ARMS.relayed, way: 'briefed' }], decisionS: 20 },
    },
    ringingS: 5,
    onError: ignore,
    onCallError: ignore,
    sip: sip.api,
  });
  const adapter = new LivekitTelephonyAdapter({
    permits: anyDial,
    clock: systemClock,
    assignments,
    join: assignment => joinRoom(assignment, { clock: systemClock, onError: ignore }),
    remove: removeMemberAt(server),
    newCallId: () => `relay-${arm}` as CallId,
    limits: DEFAULT_LIMITS,
    lines: {},
    sip: sip.api,
    ringingS: 5,
    transferBy: transfers.by,
    onJoined: transfers.onJoined,
    capacity: null,
    onRefused: ignore,
    onError: ignore,
  });
  const stop = new AbortController();
  const seen: readonly TelephonyEvent[] = watch(adapter, null, stop.signal);
  const until = async (fits: (event: TelephonyEvent) => boolean): Promise<void> => {
    while (!seen.some(fits)) await pause(20);
  };
  try {
    const caller = await sip.callsIn();
    assignments.give({ ...(await roomAssignment(server, caller.roomName)), jobId: arm });
    await until(event => event.type === 'call.ringing');
    const callId = `relay-${arm}` as CallId;
    const audio = await adapter.answer(callId);
    // The part of a call's session that carries audio.
    const mixer = new CallMixer({
      pullAi: () => null,
      toCaller: samples => audio.play(samples),
      peopleReachCaller: () => true,
      onLevels: ignore,
      onHumanHeard: ignore,
      onLine: ignore,
    });
    const colleagueOnCall = new ColleagueOnCall({
      audio: () => audio.colleague?.() ?? null,
      open: play => mixer.openColleague(play),
      onChange: () => mixer.apply({ floor: 'human', humans: [], colleague: true }),
    });
    audio.onFrame(frame => mixer.onCallerFrame(frame));
    const number = ARMS[arm];
    const briefing = { clips: nothing, ended: ignore };
    const transfer = adapter.transfer(callId, number, briefing);
    if (arm === 'relayed') {
      await until(event => event.type === 'call.parked' && event.with === 'briefing');
      await sip.called.get(`sip_to_${number.slice(1)}`)?.press('1');
    }
    await transfer;
    await until(event => event.type === 'call.parked' && event.with === 'colleague');
    colleagueOnCall.came();
    const colleague = sip.called.get(`sip_to_${number.slice(1)}`);
    if (!colleague) throw new Error('nobody was called');
    await pause(SETTLE_MS);
    const relayed = arm === 'relayed';
    return [
      ...(await pulsesFrom(caller, colleague, relayed ? 'ai' : caller.identity, pulses)),
      ...(await pulsesFrom(colleague, caller, relayed ? 'ai' : colleague.identity, pulses)),
    ];
  } finally {
    stop.abort();
    await adapter.stop();
    await sip.stop();
  }
}

/** One 40 ms pulse after the other; one that never arrives counts as infinity. */
async function pulsesFrom(
  speaker: StandInPhone,
  listener: StandInPhone,
  heardAs: string,
  pulses: number,
): Promise<readonly number[]> {
  /** Frames of the pulse still to be sent, and when its first one was. */
  const pulseNow = { left: 0, sentAt: 0 };
  await speaker.person.speakFrom(() => {
    if (pulseNow.left === 0) return null;
    if (pulseNow.left === 2) pulseNow.sentAt = performance.now();
    pulseNow.left -= 1;
    return toneFrame(1000, (2 - pulseNow.left) * FRAME_SAMPLES);
  });
  const delays: number[] = [];
  for (let pulse = 0; pulse < pulses; pulse += 1) {
    listener.person.forget();
    Object.assign(pulseNow, { left: 2, sentAt: 0 });
    const giveUpAt = performance.now() + PULSE_EVERY_MS;
    let delayMs = Number.POSITIVE_INFINITY;
    while (performance.now() < giveUpAt) {
      if (
        delayMs === Infinity &&
        pulseNow.sentAt > 0 &&
        listener.person.heard(heardAs).some(frame => peak(frame) > LOUD)
      )
        delayMs = performance.now() - pulseNow.sentAt;
      await pause(1);
    }
    delays.push(delayMs);
  }
  await speaker.person.speakFrom(() => null);
  return delays;
}

async function* nothing(): AsyncIterable<Int16Array> {
  // Nothing is said: what is measured comes after it.
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

export const relayBench: Bench = {
  name: 'relay',
  description: 'What carrying a colleague between two rooms adds to the way from phone to phone.',
  run,
};
