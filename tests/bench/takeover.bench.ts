import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import type { CallId } from '#shared/domain/ids.ts';
import { encodeAudioFrame } from '#shared/protocol/audio-frame.ts';
import { PROTOCOL_VERSION } from '#shared/protocol/stream.ts';
import { startControl } from '#worker/control/start-control.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { startCallBench, toneLevel } from '#tests/integration/call-bench.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';

/** Takeovers over a real socket on real calls: the human's microphone is open and armed, as a warm one is. */
async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  const rounds = full ? 500 : quick ? 10 : 30;
  const bench = await startCallBench({ reflex: false });
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-bench-'));
  const store = await openSqliteStore({ file: join(folder, 'bench.sqlite') });
  const clock = systemClock;
  let ids = 0;
  const control = await startControl({
    host: '127.0.0.1',
    port: 0,
    clock,
    newId: () => `id-${String(++ids)}-${String(clock.now())}`,
    workerId: 'bench',
    brain: 'bench',
    voice: 'bench',
    journal: bench.journal,
    store,
    desk: bench.host,
    media: bench.media,
    appendToCall: (callId, draft) => bench.host.appendToCall(callId, draft),
    ringCaller: null,
    bootSecret: 'bench-secret-of-some-length',
    keyFile: join(folder, 'key'),
    recordings: join(folder, 'recordings'),
  });
  const url = `127.0.0.1:${String(control.port)}`;
  const authorization = `Bearer ${await control.localToken()}`;
  const socket = new WebSocket(`ws://${url}/api/stream`, { headers: { authorization } });
  await new Promise(resolve => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'subscribe', protocol: PROTOCOL_VERSION, after: -1 }));
  const beats = setInterval(() => socket.send(JSON.stringify({ type: 'beat' })), 400);
  const silenceMs: number[] = [];
  const humanMs: number[] = [];
  const gapMs: number[] = [];
  let aiAfterFence = 0;

  for (let round = 0; round < rounds; round += 1) {
    const callId = bench.ring('wants-a-person');
    await bench.journal.until(event => event.conversationId === callId && event.type === 'chunk.speaking');
    const microphone = await openMicrophone(url, authorization, callId);
    await pass(200 + (round % 7) * 37);
    const command = (verb: string, args: Record<string, unknown> = {}): void =>
      socket.send(JSON.stringify({ type: 'command', callId, commandId: `c${String(++ids)}`, verb, args }));
    command('arm-microphone', { armed: true });
    await pass(60);
    const clickMono = clock.mono();
    command('take-over');
    await bench.journal.until(event => event.conversationId === callId && event.type === 'takeover.live');
    const fencedFrames = bench.heard(callId).length;
    await pass(400);
    const frames = bench.heard(callId);
    const lastAi = frames.filter(frame => frame.ai).at(-1);
    const firstHuman = frames.find(
      (frame, index) => frame.atMono > clickMono && index >= fencedFrames && toneLevel([frame], 1000) > 0.1,
    );
    aiAfterFence += frames.slice(fencedFrames).filter(frame => frame.ai).length;
    silenceMs.push(Math.max(0, (lastAi?.atMono ?? clickMono) - clickMono));
    humanMs.push(firstHuman ? firstHuman.atMono - clickMono : Number.POSITIVE_INFINITY);
    gapMs.push(firstHuman && lastAi ? firstHuman.atMono - lastAi.atMono : Number.POSITIVE_INFINITY);
    command('end-call');
    await bench.journal.until(event => event.conversationId === callId && event.type === 'call.ended');
    microphone.close();
  }
  clearInterval(beats);
  socket.close();
  await control.close();
  await bench.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });

  const context = {
    transport: 'worker socket and loopback media',
    microphone: 'armed, a tone',
    clock: "the caller's sink",
    from: 'the command leaving the client socket',
  };
  const figure = (metric: string, value: number, goal: Figure['goal'], unit = 'ms'): Figure => ({
    bench: 'takeover',
    metric,
    value,
    unit,
    arm: 'ours',
    n: rounds,
    goal,
    context,
  });
  yield figure('ai_silent_p95_ms', percentile(silenceMs, 0.95), { max: 60 });
  yield figure('human_heard_p50_ms', percentile(humanMs, 0.5), null);
  yield figure('human_heard_p95_ms', percentile(humanMs, 0.95), { max: 150 });
  yield figure('gap_p95_ms', percentile(gapMs, 0.95), { max: 60 });
  yield figure('ai_frames_after_fence', aiAfterFence, { max: 0 }, 'frames');
}

async function openMicrophone(
  url: string,
  authorization: string,
  callId: CallId,
): Promise<{ close(): void }> {
  const answer = await fetch(`http://${url}/api/calls/${callId}/audio-grants`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ direction: 'microphone' }),
  });
  const { grant } = (await answer.json()) as { grant: string };
  const socket = new WebSocket(`ws://${url}/api/audio/microphone?grant=${grant}`);
  await new Promise(resolve => socket.once('open', resolve));
  let sequence = 0;
  const timer = setInterval(() => {
    socket.send(
      encodeAudioFrame({ sequence, sampleIndex: sequence * 320, samples: toneFrame(1000, sequence * 320) }),
    );
    sequence += 1;
  }, 20);
  return {
    close: () => {
      clearInterval(timer);
      socket.close();
    },
  };
}

function pass(waitMs: number): Promise<void> {
  return new Promise(resolve => systemClock.after(waitMs, resolve));
}

export const takeoverBench: Bench = {
  name: 'takeover',
  description:
    'One click: command on the socket to AI silence and to the first human sample at the caller (G7).',
  run,
};
