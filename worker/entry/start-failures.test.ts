import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { readWorkerReport } from '#shared/protocol/worker-report.ts';
import { SessionTokens } from '#worker/control/tokens.ts';
import { LOCAL_ADMIN } from '#worker/control/demo-people.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'sidetone-start-'));
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Starts a worker that is expected to refuse. @returns its exit code, its report and its log */
async function start(...args: string[]) {
  const child = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, 'main.ts'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  cleanups.push(() => child.kill('SIGKILL'));
  const [log, reports, [exitCode]] = await Promise.all([
    text(child.stderr as Readable),
    text(child.stdio[3] as Readable),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  const report = readWorkerReport(reports.trim());
  return { exitCode, log, error: report?.type === 'worker.failed' ? report.error : null };
}

test('[DAY1][DAY2] a taken port is told to the starter, in the log and by the exit code, without a stack', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  cleanups.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { exitCode, log, error } = await start('--data', folder(), '--port', String(port));
  expect(exitCode).toBe(1);
  expect(error).toMatchObject({ code: 'worker.port-taken' });
  expect(error?.message).toContain(`Port ${String(port)} is taken. Choose another with --port`);
  expect(log).toContain('"code":"worker.port-taken"');
  expect(log).not.toContain('"stack"');
}, 90_000);

test('[DAY1] an option there is not is told to the starter too', async () => {
  const { exitCode, error } = await start('--speed', '2');
  expect([exitCode, error?.code]).toEqual([2, 'input.invalid']);
}, 90_000);

test('[DAY1][DAY3] a data folder that is a file, or lies where none can be made, is refused at once', async () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  const places =
    process.platform === 'linux'
      ? [file, join(file, 'deeper'), '/proc/sidetone/data']
      : [file, join(file, 'deeper')];
  for (const place of places) {
    const { exitCode, error } = await start('--data', place);
    expect([place, exitCode, error?.code]).toEqual([place, 1, 'storage.read-only']);
  }
}, 90_000);

test('[DAY1] a damaged database is named, and stays where it is', async () => {
  const data = folder();
  writeFileSync(
    join(data, 'worker.sqlite'),
    'not a database at all, and long enough to be read as one'.repeat(40),
  );
  const { exitCode, error } = await start('--data', data);
  expect([exitCode, error?.code]).toEqual([1, 'storage.corrupt']);
}, 90_000);

test('[DAY5] a damaged session key is replaced: old sessions are void and new ones work', async () => {
  const file = join(folder(), 'session.key');
  const before = await new SessionTokens(file).mint(LOCAL_ADMIN);
  writeFileSync(file, 'short');
  const tokens = new SessionTokens(file);
  expect(await tokens.read(before)).toBeNull();
  expect(await tokens.read(await tokens.mint(LOCAL_ADMIN))).toMatchObject({ userId: LOCAL_ADMIN.userId });
  expect(await new SessionTokens(file).read(await tokens.mint(LOCAL_ADMIN))).not.toBeNull();
});
