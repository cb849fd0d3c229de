import { join } from 'node:path';
import { AccessToken } from 'livekit-server-sdk';
import { callerIdentity } from '#shared/domain/rooms.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { buildServer } from '#infra/livekit/build-servers.ts';
import { startLivekitServer, type LivekitServer } from '#infra/livekit/start-server.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';
import type {
  CallersCommand,
  CallersReport,
  HostCommand,
  HostReport,
  LivekitArm,
} from './livekit/protocol.ts';
import { takeoverFigures } from './livekit/takeover-figures.ts';
import { BenchChild } from './measure/child.ts';
import { cpuMsOf, rssMbOf } from './measure/process-cpu.ts';

/** One process holds more than the worker would give it, so that the whole step is one process. */
const MAX_CALLS = 64;
const CALLERS_LATE_LIMIT_MS = 5;
/** More callers than this machine can carry, for a host that knows how many it can. */
const OVERLOAD = 40;
const ADMITTED = 3;
/** Those who are let in talk for as long as the others come. */
const OVERLOAD_TURNS = 10;
/** One call after the other, as callers come; a burst is another load. */
const SPREAD_MS = 250;
/** Forty real clients on the machine that they measure: closer together they would be late themselves. */
const OVERLOAD_SPREAD_MS = 1000;

type Done = Extract<CallersReport, { name: 'done' }>;

interface Step {
  readonly arm: LivekitArm;
  readonly calls: number;
  readonly turns: number;
  /** Most calls that the host takes; absent: all of them. */
  readonly admits?: number;
}

interface Cost {
  readonly cpuMs: number;
  readonly rssMb: number;
}

interface Measured {
  readonly setupMs: readonly number[];
  readonly done: Done;
  readonly ownMs: readonly number[];
  readonly errors: number;
  readonly refused: number;
  readonly host: Cost;
  readonly server: Cost;
  readonly seconds: number;
}

/** Real WebRTC through a real LiveKit server on this machine: ours, and the least that can take turns over a room. */
async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  const built = buildServer('server');
  if (!built.ok) {
    process.stderr.write(`livekit: not measured: ${built.reason}\n`);
    return;
  }
  const server = await startLivekitServer(built.file);
  try {
    const turns = quick ? 3 : full ? 20 : 8;
    // Forty on two cores is more than there is: what happens then is measured, too.
    const steps = quick ? [1, 5, 10, 20] : [1, 5, 10, 20, 40];
    for (const calls of steps) {
      for (const arm of ['floor', 'ours'] as const) {
        const step: Step = { arm, calls, turns: calls > 10 ? Math.min(turns, 4) : turns };
        yield* figuresOf(step, await measure(server, step));
      }
    }
    yield* overloadFigures(server);
    yield* coldJoinFigures(server, quick ? 5 : 20);
    const { url, apiKey, apiSecret } = server;
    yield* takeoverFigures({ url, apiKey, apiSecret }, quick ? 10 : full ? 100 : 30);
  } finally {
    await server.stop();
  }
}

async function measure(server: LivekitServer, { arm, calls, turns, admits }: Step): Promise<Measured> {
  const { url, apiKey, apiSecret } = server;
  const access = { url, apiKey, apiSecret };
  const host = new BenchChild(file('bench-host.ts'));
  const callers = new BenchChild(file('bench-callers.ts'));
  try {
    host.send({
      name: 'begin',
      arm,
      access,
      maxCalls: admits ?? MAX_CALLS,
      admits: admits !== undefined,
    } satisfies HostCommand);
    await host.answer<HostReport>(({ name }) => name === 'ready');
    const stamp = Date.now().toString(36);
    const rooms = Array.from({ length: calls }, (_, at) => {
      const callId = `bench-${arm}-${stamp}-${String(at)}` as CallId;
      return { callId, roomName: `room-${callId}` };
    });
    const orders = await Promise.all(
      rooms.map(async ({ callId, roomName }, at) => ({
        callId,
        roomName,
        turns,
        seed: at + 1,
        token: await tokenOf(server, callerIdentity(callId), roomName),
      })),
    );
    const before = [costOf(host.pid), costOf(server.pid)] as const;
    const connected = callers.answer<CallersReport>(({ name }) => name === 'connected');
    const done = callers.answer<CallersReport>(({ name }) => name === 'done');
    const isOverload = admits !== undefined;
    callers.send({
      name: 'call',
      url,
      access,
      arm,
      orders,
      admits: isOverload,
      spreadMs: isOverload ? OVERLOAD_SPREAD_MS : SPREAD_MS,
    } satisfies CallersCommand);
    if (arm === 'floor') {
      const tokens = await Promise.all(rooms.map(({ roomName }) => tokenOf(server, 'ai', roomName)));
      host.send({ name: 'join', url, rooms: tokens.map(token => ({ token })) } satisfies HostCommand);
    }
    const { setupMs } = (await connected) as Extract<CallersReport, { name: 'connected' }>;
    // The cost of talking, without that of joining.
    const begin = [costOf(host.pid), costOf(server.pid)] as const;
    const beginMono = performance.now();
    const report = (await done) as Done;
    const seconds = (performance.now() - beginMono) / 1000;
    const end = [costOf(host.pid), costOf(server.pid)] as const;
    const told = host.answer<HostReport>(({ name }) => name === 'measured');
    host.send({ name: 'report' } satisfies HostCommand);
    const {
      firstAudioMs: ownMs,
      errors,
      refused,
    } = (await told) as Extract<HostReport, { name: 'measured' }>;
    const cost = (at: 0 | 1): Cost => ({
      cpuMs: end[at].cpuMs - begin[at].cpuMs,
      rssMb: end[at].rssMb - before[at].rssMb,
    });
    return { setupMs, done: report, ownMs, errors, refused, host: cost(0), server: cost(1), seconds };
  } finally {
    await callers.stop();
    await host.stop();
  }
}

function* figuresOf(
  step: Step,
  { setupMs, done, ownMs, errors, host, server, seconds }: Measured,
): Generator<Figure> {
  const { arm, calls, turns } = step;
  const base = { bench: 'livekit', arm };
  const context = {
    calls,
    turns,
    load: `one call every ${String(SPREAD_MS)} ms, all of them at once from then on`,
    transport: 'tier 2: WebRTC over a LiveKit server, loopback',
    providers: 'zero delay; LiveKit voice activity and end of turn in ours, level alone in the floor',
    callersLateP99Ms: done.lateMs,
    hostErrors: errors,
    ...(done.lateMs > CALLERS_LATE_LIMIT_MS ? { void: 'the callers were late themselves' } : {}),
  };
  const spread = function* (
    metric: string,
    samples: readonly number[],
    goals: Partial<Record<'p50' | 'p95', number>> = {},
  ): Generator<Figure> {
    for (const [name, ratio] of [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const) {
      const max = goals[name];
      const goal = max === undefined ? null : { max };
      yield {
        ...base,
        metric: `${metric}-${name}`,
        value: percentile(samples, ratio),
        unit: 'ms',
        n: samples.length,
        goal,
        context,
      };
    }
  };
  const one = (
    metric: string,
    value: number,
    unit: string,
    n: number,
    goal: Figure['goal'] = null,
  ): Figure => ({
    ...base,
    metric,
    value,
    unit,
    n,
    goal,
    context,
  });
  yield one('setup-failures', setupMs.filter(ms => ms === Number.POSITIVE_INFINITY).length, 'calls', calls, {
    max: 0,
  });
  yield* spread('setup', setupMs);
  yield* spread('answer', done.answersMs);
  yield* spread('barge-in-stop', done.stopsMs, { p95: 200 });
  if (arm === 'ours' && ownMs.length > 0)
    yield one(
      'answer-transport-p50',
      percentile(done.answersMs, 0.5) - percentile(ownMs, 0.5),
      'ms',
      ownMs.length,
    );
  const callSeconds = calls * seconds;
  yield one('host-cpu', host.cpuMs / callSeconds, 'ms per call and second', calls);
  yield one('server-cpu', server.cpuMs / callSeconds, 'ms per call and second', calls);
  yield one('host-memory', host.rssMb / calls, 'MB per call', calls);
  yield one('server-memory', server.rssMb / calls, 'MB per call', calls);
  yield one(
    'gap-frames',
    done.answerFrames === 0 ? Number.POSITIVE_INFINITY : done.gapFrames / done.answerFrames,
    'of frames of answers',
    done.answerFrames,
  );
}

/** Forty callers for a host that takes three: those it lets in hear what three alone do, and the others are told. */
async function* overloadFigures(server: LivekitServer): AsyncGenerator<Figure> {
  const alone = await measure(server, { arm: 'ours', calls: ADMITTED, turns: OVERLOAD_TURNS });
  const crowded = await measure(server, {
    arm: 'ours',
    calls: OVERLOAD,
    turns: OVERLOAD_TURNS,
    admits: ADMITTED,
  });
  const base = { bench: 'livekit', arm: 'overload' };
  const { admitted, turnedAway } = crowded.done;
  const context = {
    ...{ calls: OVERLOAD, capacity: ADMITTED, admitted, turnedAway, toldByHost: crowded.refused },
    load: `one call every ${String(OVERLOAD_SPREAD_MS)} ms; who is let in talks while the others still come`,
    callersLateP99Ms: crowded.done.lateMs,
    hostErrors: crowded.errors,
    ...(crowded.done.lateMs > CALLERS_LATE_LIMIT_MS ? { void: 'the callers were late themselves' } : {}),
  };
  const figure = (metric: string, value: number, unit: string, goal: Figure['goal']): Figure => ({
    ...{ ...base, metric, value, unit, goal, context },
    n: crowded.done.answersMs.length,
  });
  yield figure('admitted', admitted, 'calls', { max: ADMITTED });
  for (const [metric, samples] of [
    ['answer', (one: Measured) => one.done.answersMs],
    ['barge-in-stop', (one: Measured) => one.done.stopsMs],
  ] as const) {
    const [p95, aloneP95] = [percentile(samples(crowded), 0.95), percentile(samples(alone), 0.95)];
    yield figure(`${metric}-p95`, p95, 'ms', null);
    yield figure(`${metric}-p95-to-alone`, p95 / aloneP95, 'of the same calls alone', { max: 1.5 });
  }
}

/** Somebody who is not in the room yet, until the caller hears them. */
async function* coldJoinFigures(server: LivekitServer, rounds: number): AsyncGenerator<Figure> {
  const callers = new BenchChild(file('bench-callers.ts'));
  try {
    const joined = callers.answer<CallersReport>(({ name }) => name === 'joined');
    const speakers = await Promise.all(
      Array.from({ length: rounds }, (_, at) => tokenOf(server, `cold-${String(at)}`, 'cold')),
    );
    const listener = await tokenOf(server, 'listener', 'cold');
    callers.send({ name: 'cold-join', url: server.url, listener, speakers } satisfies CallersCommand);
    const { heardMs } = (await joined) as Extract<CallersReport, { name: 'joined' }>;
    for (const [name, ratio] of [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const)
      yield {
        bench: 'livekit',
        metric: `cold-join-${name}`,
        value: percentile(heardMs, ratio),
        unit: 'ms',
        arm: 'floor',
        n: rounds,
        goal: name === 'p95' ? { max: 800 } : null,
        context: { from: 'first step of joining', to: 'first sound at the caller', client: 'rtc-node' },
      };
  } finally {
    await callers.stop();
  }
}

function tokenOf({ apiKey, apiSecret }: LivekitServer, identity: string, room: string): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { identity, name: identity, ttl: '1h' });
  token.addGrant({ room, roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: false });
  return token.toJwt();
}

const file = (name: string): string => join(import.meta.dirname, 'livekit', name);
const costOf = (pid: number): Cost => ({ cpuMs: cpuMsOf(pid), rssMb: rssMbOf(pid) });

export const livekitBench: Bench = {
  name: 'livekit',
  description:
    'calls over a real LiveKit server: set-up, answers, interruptions, gaps, and what a call costs',
  run,
};
