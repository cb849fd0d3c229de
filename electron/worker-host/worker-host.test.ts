import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { ChildProcess } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { createVirtualClock, settle } from '#tests/fakes/virtual-clock.ts';
import { wordsOf } from './waiting-words.ts';
import { WorkerHost } from './worker-host.ts';

class ScriptedChild extends EventEmitter {
  readonly stdin = new PassThrough();
  readonly stderr = new PassThrough();
  readonly ready = new PassThrough();
  readonly stdio = [this.stdin, null, this.stderr, this.ready];
  readonly kills: string[] = [];
  exitCode: number | null = null;
  obeys = true;

  kill(signal: string): void {
    this.kills.push(signal);
    if (this.obeys || signal === 'SIGKILL') this.fall(0);
  }

  fall(code: number): void {
    this.exitCode = code;
    this.emit('exit', code);
    this.emit('close', code);
  }
}

function bench() {
  const clock = createVirtualClock();
  const children: ScriptedChild[] = [];
  const host = new WorkerHost({
    clock,
    onLog: () => undefined,
    spawnWorker: () => {
      const child = new ScriptedChild();
      children.push(child);
      return child as unknown as ChildProcess;
    },
  });
  return { clock, host, children, last: () => children.at(-1) as ScriptedChild };
}

describe('worker host', () => {
  test('[IPC21] hands the secret over on standard input and learns the port', async () => {
    const b = bench();
    b.host.start();
    const secret = JSON.parse(String(b.last().stdin.read())) as { bootSecret: string };
    expect(secret.bootSecret.length).toBeGreaterThan(30);
    b.last().ready.write('not json\n{"type":"worker.ready","port":8123,"workerId":"w"}\n');
    await settle();
    expect(b.host.state).toMatchObject({ name: 'running', port: 8123, bootSecret: secret.bootSecret });
  });

  test('[IPC20] starts a fallen worker again, later each time, and quickly once it has run for long', async () => {
    const b = bench();
    b.host.start();
    const waits: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const before = b.children.length;
      b.last().fall(1);
      expect(b.host.state).toMatchObject({ name: 'waiting', exitCode: 1 });
      let waited = 0;
      while (b.children.length === before) {
        await b.clock.advanceAsync(50);
        waited += 50;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 5000, 5000]);
    await b.clock.advanceAsync(11_000);
    b.last().fall(1);
    await b.clock.advanceAsync(250);
    expect(b.children).toHaveLength(8);
  });

  test('[IPC22] stopping asks first and kills one that does not obey; nothing is started again', async () => {
    const b = bench();
    b.host.start();
    b.last().obeys = false;
    const stopped = b.host.stop();
    await b.clock.advanceAsync(5000);
    await stopped;
    expect(b.last().kills).toEqual(['SIGTERM', 'SIGKILL']);
    await b.clock.advanceAsync(60_000);
    expect(b.children).toHaveLength(1);
    expect(b.host.state).toEqual({ name: 'stopped' });
  });

  test('[IPC23] a worker that hangs is killed and started anew', async () => {
    const b = bench();
    b.host.start();
    b.host.endHung();
    expect(b.last().kills).toEqual([]);
    b.last().ready.write('{"type":"worker.ready","port":8123,"workerId":"w"}\n');
    await settle();
    b.host.endHung();
    expect(b.last().kills).toEqual(['SIGKILL']);
    await b.clock.advanceAsync(250);
    expect(b.children).toHaveLength(2);
  });

  test('[DAY6] its last words come with the wait, once, and become words for people', async () => {
    const b = bench();
    b.host.start();
    const error = {
      code: 'storage.locked',
      message: 'Another worker uses it.',
      retryable: true,
      origin: 'worker',
    };
    b.last().ready.write(`${JSON.stringify({ type: 'worker.failed', error })}\n`);
    await settle();
    b.last().fall(1);
    const { state } = b.host;
    expect(state).toMatchObject({ name: 'waiting', error });
    if (state.name === 'waiting')
      expect(wordsOf(state, 'log')).toEqual({
        code: 'storage.locked',
        message: 'The worker cannot run. Another worker uses it.',
      });
    await b.clock.advanceAsync(250);
    b.last().fall(3);
    expect(b.host.state).toMatchObject({ name: 'waiting', error: null });
    const silent = { name: 'waiting', attempt: 3, exitCode: 3, error: null } as const;
    expect(wordsOf(silent, 'the.log')).toMatchObject({
      code: 'worker.unreachable',
      message: expect.stringContaining('the.log'),
    });
  });

  test('[IPC24] a worker that was left behind is taken over; when it falls a new one is started', async () => {
    const clock = createVirtualClock();
    const left = new ScriptedChild();
    const children: ScriptedChild[] = [];
    const host = new WorkerHost({
      clock,
      onLog: () => undefined,
      spawnWorker: () => {
        children.push(new ScriptedChild());
        return children.at(-1) as unknown as ChildProcess;
      },
      adopt: () =>
        Promise.resolve({ note: { pid: 1, port: 8123, workerId: 'w', bootSecret: 'secret' }, process: left }),
    });
    host.start();
    await settle();
    expect(host.state).toEqual({ name: 'running', port: 8123, workerId: 'w', bootSecret: 'secret' });
    expect(children).toHaveLength(0);
    left.fall(1);
    await clock.advanceAsync(250);
    expect(children).toHaveLength(1);
  });
});
