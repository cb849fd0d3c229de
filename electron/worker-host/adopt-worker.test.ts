import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '#electron/core/system-clock.ts';
import { adoptWorker } from './adopt-worker.ts';

const SECRET = 'a-boot-secret-of-some-length';

/** A process that is not ours to watch as a child, and the answer of the worker in it. */
async function bench(note: object | string, workerId = 'w1') {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-adopt-'));
  const sleeper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
  await once(sleeper, 'spawn');
  const server = createServer((_request, response) => response.end(JSON.stringify({ ok: true, workerId })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pid = sleeper.pid ?? 0;
  writeFileSync(
    join(data, 'worker.json'),
    typeof note === 'string'
      ? note
      : JSON.stringify({ pid, port, workerId: 'w1', bootSecret: SECRET, ...note }),
  );
  const adopted = await adoptWorker(data, systemClock);
  server.close();
  return { adopted, sleeper, port };
}

test('[IPC24] a worker that was left behind is found, watched and ended', async () => {
  const { adopted, sleeper, port } = await bench({});
  expect(adopted?.note).toMatchObject({ port, workerId: 'w1', bootSecret: SECRET });
  expect(adopted?.process.exitCode).toBeNull();
  const gone = new Promise(resolve => adopted?.process.once('exit', resolve));
  adopted?.process.kill('SIGKILL');
  await gone;
  expect(adopted?.process.exitCode).toBe(1);
  expect(sleeper.signalCode).toBe('SIGKILL');
});

test.each([
  ['a note that is damaged', '{"pid":'],
  ['a note without a secret', { bootSecret: '' }],
  ['a process that is gone', { pid: 4_000_000 }],
  ['a port on which nobody answers', { port: 1 }],
])('[IPC25] %s is no worker', async (_what, note) => {
  const { adopted, sleeper } = await bench(note);
  sleeper.kill('SIGKILL');
  expect(adopted).toBeNull();
});

test('[IPC25] another worker that answers on the port is not the one that was noted', async () => {
  const { adopted, sleeper } = await bench({}, 'w2');
  sleeper.kill('SIGKILL');
  expect(adopted).toBeNull();
});
