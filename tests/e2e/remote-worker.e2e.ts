import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { callOf, openCall, startConsoleHost } from './console-host.ts';
import { test } from './console-test.ts';
import { startWorkerApart } from './worker-apart.ts';

test.describe.configure({ timeout: 120_000 });

test('[IPC27] a desk works on a worker elsewhere, survives its restart and leaves it running', async ({
  page,
}) => {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-remote-'));
  const port = 20_000 + (process.pid % 20_000);
  let worker = await startWorkerApart(data, port);
  const token = await worker.sessionFileOf('user-tanaka');
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
    worker = await startWorkerApart(data, port);
    await expect(page.getByText('Connected')).toBeVisible({ timeout: 20_000 });
    await host.stop();
    expect((await fetch(`${worker.url}/healthz`)).status).toBe(200);
  } finally {
    await worker.kill();
    rmSync(data, { recursive: true, force: true });
  }
});
