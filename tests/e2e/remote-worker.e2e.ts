import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { callOf, openCall, startConsoleHost } from './console-host.ts';
import { test } from './console-test.ts';

test.describe.configure({ timeout: 120_000 });

/** A worker that was started apart from any desk. */
async function startWorker(data: string, port: number) {
  rmSync(join(data, 'token'), { force: true });
  const child = spawn(
    process.execPath,
    ['--no-warnings', 'worker/entry/main.ts', '--demo', '--headless', '--test-probe', '--seed', '7'].concat([
      '--calls-min',
      '3',
      '--calls-max',
      '5',
      '--data',
      data,
      '--port',
      String(port),
    ]),
    { cwd: join(import.meta.dirname, '../..'), stdio: 'ignore' },
  );
  await expect.poll(() => existsSync(join(data, 'token')), { timeout: 20_000 }).toBe(true);
  const url = `http://127.0.0.1:${String(port)}`;
  await expect
    .poll(() =>
      fetch(`${url}/healthz`).then(
        answer => answer.status,
        () => 0,
      ),
    )
    .toBe(200);
  return {
    url,
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function sessionOf(url: string, data: string, userId: string): Promise<string> {
  const answer = await fetch(`${url}/api/sessions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${readFileSync(join(data, 'token'), 'utf8').trim()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ userId }),
  });
  return ((await answer.json()) as { token: string }).token;
}

test('[IPC27] a desk works on a worker elsewhere, survives its restart and leaves it running', async ({
  page,
}) => {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-remote-'));
  const port = 20_000 + (process.pid % 20_000);
  let worker = await startWorker(data, port);
  const token = join(data, 'session');
  writeFileSync(token, `${await sessionOf(worker.url, data, 'user-tanaka')}\n`, { mode: 0o600 });
  const host = await startConsoleHost('--worker', worker.url, '--worker-token', token);
  try {
    await page.goto(`${host.url}&probe=1`);
    await expect(page.getByText('Connected')).toBeVisible({ timeout: 15_000 });
    await callOf({ workerUrl: worker.url }, 'Rosa Lindqvist');
    await openCall(page, 'Rosa Lindqvist');
    await page.keyboard.press('4');
    await expect(page.getByText('You are on the line')).toBeVisible();
    await page.keyboard.press('b');
    await expect(page.getByText('You are on the line')).toBeHidden();
    await worker.kill();
    await expect(page.getByText('Worker lost').first()).toBeVisible({ timeout: 4000 });
    // The session outlives the process: its key lies in the worker's data folder.
    worker = await startWorker(data, port);
    await expect(page.getByText('Connected')).toBeVisible({ timeout: 20_000 });
    await host.stop();
    expect((await fetch(`${worker.url}/healthz`)).status).toBe(200);
  } finally {
    await worker.kill();
    rmSync(data, { recursive: true, force: true });
  }
});
