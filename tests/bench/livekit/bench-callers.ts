// Callers of the `livekit` bench in a process of their own: real clients in rooms, recorded speech, and what they hear, measured on
// the monotonic clock of this process.
import { once } from 'node:events';
import { AudioFrame, AudioSource, Room, RoomEvent, type RemoteTrack } from '@livekit/rtc-node';
import { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';
import { levelAt } from '#tests/fixtures/recorded-audio.ts';
import { joinAsPerson } from '#tests/fixtures/livekit/room-person.ts';
import { framesOf, publishMicrophone } from '#tests/fixtures/livekit/track-audio.ts';
import { divertRtcLog } from '#worker/livekit/rtc-room.ts';
import { BenchCaller } from '../bench-caller.ts';
import { percentile } from '../figure.ts';
import { createEar, isLoud, type Ear } from './ear.ts';
import type { CallerOrder, CallersCommand, CallersReport } from './protocol.ts';
import { livekitRoomServer } from '#worker/livekit/room-server.ts';

/** Recorded speech of about two seconds. */
const SPEECH = 'order-status/ask';
const SETUP_LIMIT_MS = 15_000;
/** Longest that one turn may take before it counts as never answered. */
const TURN_LIMIT_MS = 15_000;
/** The least queue of a source that takes 20 ms at a time; part of every figure. */
const QUEUE_MS = 40;
const COLD_HZ = 880;

divertRtcLog(said => void process.stderr.write(`${said}\n`));

interface Call {
  readonly setupMs: number;
  readonly room: Room;
  readonly source: AudioSource;
  readonly ear: Ear;
  speaks: boolean;
  /** The host has put them out, or has closed the room. */
  gone: boolean;
}

interface Talk {
  readonly caller: BenchCaller | null;
  /** How late each 20 ms of theirs were. */
  readonly late: readonly number[];
}

const tell = (report: CallersReport): void => void process.send?.(report);

process.on('message', (command: CallersCommand) => {
  const run = command.name === 'call' ? call(command) : coldJoin(command);
  run.catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});

async function call(command: Extract<CallersCommand, { name: 'call' }>): Promise<void> {
  const silent: Talk = { caller: null, late: [] };
  const ringing = command.orders.map(async (order, at) => {
    await new Promise(resolve => setTimeout(resolve, at * command.spreadMs));
    return ring(command, order);
  });
  const everybody = Promise.all(ringing);
  // Under an overload whoever is let in talks while the others still come.
  const talking = ringing.map(async (one, at) => {
    if (!command.admits) await everybody;
    const call = await one;
    return call ? talk(call, command.orders[at]) : silent;
  });
  const calls = await everybody;
  tell({ name: 'connected', setupMs: calls.map(one => one?.setupMs ?? Number.POSITIVE_INFINITY) });
  const all = await Promise.all(talking);
  // Whoever was told that every line is taken, or waits for a line, is nobody's slow answer.
  const isAdmitted = (at: number): boolean => calls[at] !== null && calls[at]?.gone === false;
  const talks = command.admits ? all.filter((_talk, at) => isAdmitted(at)) : all;
  const missing = (got: number, turns: number): number[] =>
    Array.from({ length: Math.max(0, turns - got) }, () => Number.POSITIVE_INFINITY);
  const turns = command.orders[0]?.turns ?? 0;
  const ears = calls.flatMap(one => (one ? [one.ear.figures()] : []));
  tell({
    name: 'done',
    admitted: calls.filter((_call, at) => isAdmitted(at)).length,
    turnedAway: calls.filter(one => one?.gone === true).length,
    answersMs: talks.flatMap(({ caller }) => [
      ...(caller?.answersMs ?? []),
      ...missing(caller?.answersMs.length ?? 0, turns),
    ]),
    // The last answer is not cut into.
    stopsMs: talks.flatMap(({ caller }) => [
      ...(caller?.stopsMs ?? []),
      ...missing(caller?.stopsMs.length ?? 0, turns - 1),
    ]),
    gapFrames: ears.reduce((sum, one) => sum + one.gapFrames, 0),
    answerFrames: ears.reduce((sum, one) => sum + one.answerFrames, 0),
    lateMs: percentile(
      talks.flatMap(one => one.late),
      0.99,
    ),
  });
  for (const one of calls) await one?.room.disconnect();
}

/** @returns null when nobody's audio was there within the limit */
async function ring(
  { url, access, arm }: Extract<CallersCommand, { name: 'call' }>,
  order: CallerOrder,
): Promise<Call | null> {
  const room = new Room();
  const ear = createEar();
  const call = { room, ear, speaks: false, gone: false };
  room.on(RoomEvent.Disconnected, () => (call.gone = true));
  const beginMono = performance.now();
  const answered = new Promise<number>(resolve =>
    room.on(RoomEvent.TrackSubscribed, track => {
      listen(track, call).catch(() => undefined);
      resolve(performance.now() - beginMono);
    }),
  );
  const note = { callId: order.callId, orgId: 'bench', line: 'Bench', displayName: 'Bench', simulated: true };
  const given =
    arm === 'ours'
      ? livekitRoomServer(access).dispatch(order.roomName, JSON.stringify(note))
      : Promise.resolve();
  const tooLate = new Promise<null>(resolve => setTimeout(resolve, SETUP_LIMIT_MS, null));
  const setup = given
    .then(() => room.connect(url, order.token, { autoSubscribe: true, dynacast: false }))
    .then(async () => ({ source: await publish(room), setupMs: await answered }));
  const done = await Promise.race([setup, tooLate]).catch(() => null);
  // Nobody came: they hang up.
  if (!done) await room.disconnect().catch(() => undefined);
  return done && Object.assign(call, done);
}

async function publish(room: Room): Promise<AudioSource> {
  const source = new AudioSource(SAMPLE_RATE_HZ, 1, QUEUE_MS);
  await publishMicrophone(room, source);
  return source;
}

async function listen(track: RemoteTrack, call: Pick<Call, 'ear' | 'speaks'>): Promise<void> {
  for await (const frame of framesOf(track)) call.ear.hear(frame.data, call.speaks);
}

/** Turn after turn on an absolute schedule of 20 ms that is never moved. */
async function talk(call: Call, order: CallerOrder | undefined): Promise<Talk> {
  const turns = order?.turns ?? 0;
  const caller = new BenchCaller(order?.seed ?? 1, turns, undefined, SPEECH);
  const late: number[] = [];
  const giveUpMono = performance.now() + turns * TURN_LIMIT_MS;
  const startMono = performance.now();
  for (let tick = 0; !caller.done && !call.gone && performance.now() < giveUpMono; tick += 1) {
    const dueMono = startMono + tick * FRAME_MS;
    const waitMs = dueMono - performance.now();
    if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs));
    const nowMono = performance.now();
    late.push(Math.max(0, nowMono - dueMono));
    caller.hears(call.ear.heardSince(), nowMono);
    const { samples } = caller.frame(nowMono);
    call.speaks = isLoud(samples);
    // Not waited for: a source that is full makes the next frames late at the far end, never this schedule.
    call.source
      .captureFrame(new AudioFrame(samples, SAMPLE_RATE_HZ, 1, FRAME_SAMPLES))
      .catch(() => undefined);
  }
  return { caller, late };
}

/** People who join cold, one after the other, and speak at once: from the first step of joining to being heard. */
async function coldJoin({
  url,
  listener,
  speakers,
}: Extract<CallersCommand, { name: 'cold-join' }>): Promise<void> {
  const ear = await joinAsPerson(url, listener);
  await ear.speak(null);
  const heardMs: number[] = [];
  for (const [at, token] of speakers.entries()) {
    const identity = `cold-${String(at)}`;
    const beginMono = performance.now();
    const person = await joinAsPerson(url, token);
    await person.speak(COLD_HZ);
    const giveUpMono = beginMono + SETUP_LIMIT_MS;
    while (!hasTone(ear.heard(identity).at(-1)) && performance.now() < giveUpMono)
      await new Promise(resolve => setTimeout(resolve, 2));
    const nowMono = performance.now();
    heardMs.push(nowMono < giveUpMono ? nowMono - beginMono : Number.POSITIVE_INFINITY);
    const gone = once(ear.room, RoomEvent.ParticipantDisconnected);
    await person.leave();
    await gone;
  }
  await ear.leave();
  tell({ name: 'joined', heardMs });
}

function hasTone(frame: Int16Array | undefined): boolean {
  if (!frame) return false;
  return (
    levelAt(
      Float64Array.from(frame, sample => sample / 32_768),
      COLD_HZ,
      0,
      FRAME_MS,
    ) > 0.05
  );
}
