import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dispose } from '@livekit/rtc-node';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { LivekitServer } from '#infra/livekit/start-server.ts';
import { recordingStartedSchema } from '#shared/events/recording-started.ts';
import { recordingPeaksSchema } from '#shared/protocol/recording-peaks.ts';
import { consultationSchema } from '#shared/protocol/room-token.ts';
import { callsInParts } from '#worker/media/recorder/join-parts.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { decodeChannel } from '#tests/fixtures/recorded-audio.ts';
import { joinAsPerson } from '#tests/fixtures/livekit/room-person.ts';

const MAIN = join(import.meta.dirname, '../../worker/entry/main.ts');
const PATIENCE = { timeout: 60_000, interval: 100 };
const lineSchema = z.looseObject({ type: z.string().optional(), msg: z.string().optional() });
const readySchema = z.object({ port: z.number() });
const hostSchema = z.object({ hostId: z.string(), pid: z.number() });

let built: Awaited<ReturnType<typeof livekitServer>>;
let server: LivekitServer;
let worker: ChildProcess;
const folder = mkdtempSync(join(tmpdir(), 'sidetone-hosts-'));
/** What the worker prints for scripts, and what it and its hosts log. */
const events: z.infer<typeof lineSchema>[] = [];
const logged: z.infer<typeof lineSchema>[] = [];

beforeAll(async () => {
  built = await livekitServer({ autoCreate: false });
  if (!built.ok) return;
  ({ server } = built);
  const options = ['--headless', '--livekit-url', server.url, '--hosts', '2', '--data', folder];
  worker = spawn(process.execPath, ['--no-warnings', MAIN, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LIVEKIT_API_KEY: server.apiKey, LIVEKIT_API_SECRET: server.apiSecret },
  });
  collect(worker.stdout, events);
  collect(worker.stderr, logged);
}, BUILD_LIMIT_MS);
beforeEach(context => {
  if (!built.ok) context.skip(built.reason);
});
afterAll(async () => {
  if (built.ok) {
    worker.kill('SIGKILL');
    await server.stop();
    await dispose();
  }
  rmSync(folder, { recursive: true, force: true });
});

function collect(stream: ChildProcess['stdout'], into: z.infer<typeof lineSchema>[]): void {
  if (!stream) throw new Error('the worker has no such stream');
  createInterface({ input: stream }).on('line', line => {
    try {
      into.push(lineSchema.parse(JSON.parse(line)));
    } catch {
      into.push({ msg: line });
    }
  });
}

const hosts = (msg: string): readonly z.infer<typeof hostSchema>[] =>
  logged.filter(line => line.msg === msg).flatMap(line => hostSchema.safeParse(line).data ?? []);
const until = (type: string, count = 1): Promise<unknown> =>
  vi.waitFor(
    () => expect(events.filter(event => event.type === type).length, type).toBeGreaterThanOrEqual(count),
    PATIENCE,
  );

test(
  '[HOST37][REC16][REC17] a worker with --hosts carries its calls in processes, survives one of them, and lets calls end when it is asked to',
  { timeout: 240_000 },
  async () => {
    const port = await vi.waitFor(() => {
      const ready = logged.find(line => line.msg === 'the worker is ready');
      return readySchema.parse(ready).port;
    }, PATIENCE);
    await vi.waitFor(() => expect(hosts('a host is ready')).toHaveLength(2), PATIENCE);

    const answer = await fetch(`http://127.0.0.1:${String(port)}/api/livekit/consultation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'support', name: 'Ada' }),
    });
    const { url, token } = consultationSchema.parse(await answer.json());
    const caller = await joinAsPerson(url, token);
    await caller.speak(null);
    await until('chunk.spoken', 2);

    // Which of the two has the call nobody outside can tell: one is killed, and if it was the other one, the next.
    const [first, second] = hosts('a host is ready');
    for (const host of [first, second]) {
      if (!host || events.some(event => event.type === 'call.resumed')) continue;
      process.kill(host.pid, 'SIGKILL');
      await vi.waitFor(
        () =>
          expect(logged.some(line => line.msg === 'a host has died' && line['hostId'] === host.hostId)).toBe(
            true,
          ),
        PATIENCE,
      );
      const had = logged.find(line => line.msg === 'a host has died' && line['hostId'] === host.hostId);
      if (had?.['calls'] === 0)
        await vi.waitFor(() => expect(hosts('a host is ready').length).toBeGreaterThan(2), PATIENCE);
      else await until('call.resumed');
    }
    await until('chunk.spoken', 3);

    // Both have recorded it, and the call still runs: who listens now hears both, each at its time.
    const started = () =>
      events.flatMap(event => {
        const { data } = recordingStartedSchema.safeParse(event);
        return data ? [data] : [];
      });
    await until('recording.started', 2);
    const betweenMs = (started()[1]?.atMs ?? 0) - (started()[0]?.atMs ?? 0);
    const path = `http://127.0.0.1:${String(port)}/api/calls/${started()[0]?.conversationId ?? ''}/recording`;
    const headers = { authorization: `Bearer ${readFileSync(join(folder, 'token'), 'utf8').trim()}` };
    const sofar = join(folder, 'so-far.ogg');
    await vi.waitFor(async () => {
      const given = await fetch(path, { headers });
      expect(given.status).toBe(200);
      writeFileSync(sofar, Buffer.from(await given.arrayBuffer()));
      expect(decodeChannel(sofar, 1).length / 16).toBeGreaterThan(betweenMs);
    }, PATIENCE);
    const shape = recordingPeaksSchema.parse(
      await (await fetch(`${path}/peaks?points=1000`, { headers })).json(),
    );
    expect(shape.heard.length * shape.stretchMs).toBeGreaterThan(betweenMs);
    expect(events.some(event => event.type === 'call.ended')).toBe(false);

    const exited = once(worker, 'exit');
    worker.kill('SIGTERM');
    await caller.leave();
    await until('call.ended');
    expect((await exited)[0]).toBe(0);
    const recorded = events.flatMap(event => recordingStartedSchema.safeParse(event).data ?? []);
    const seqs = events.flatMap(event => (typeof event['seq'] === 'number' ? [event['seq']] : []));
    expect(seqs).toEqual(seqs.map((_seq, index) => index));

    // Two hosts have recorded it; the next worker makes one recording of that, if this one did not get to it.
    const recordings = join(folder, 'recordings');
    const next = spawn(process.execPath, ['--no-warnings', MAIN, '--headless', '--data', folder], {
      stdio: 'ignore',
    });
    try {
      await vi.waitFor(() => expect(callsInParts(recordings)).toEqual([]), PATIENCE);
    } finally {
      next.kill('SIGKILL');
    }
    const files = readdirSync(recordings).filter(name => name.endsWith('.ogg'));
    expect(files).toHaveLength(1);
    const sides = decodeChannel(join(recordings, files[0] ?? ''), 1);
    const starts = recorded.flatMap(event => (event.type === 'recording.started' ? event.atMs : []));
    expect(starts).toHaveLength(2);
    expect(sides.length / 16).toBeGreaterThan((starts[1] ?? 0) - (starts[0] ?? 0));
  },
);
