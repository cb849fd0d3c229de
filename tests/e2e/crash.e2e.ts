import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { callerSink, callOf, openCall, startConsoleHost, workerPidOf } from './console-host.ts';
import { test } from './console-test.ts';

test.describe.configure({ mode: 'serial', timeout: 120_000 });

const ARGS = ['--seed', '7', '--calls-min', '3', '--calls-max', '5'];

test('[IPC23] a worker that hangs is noticed, ended and started anew; callers ring again', async ({
  page,
}) => {
  const host = await startConsoleHost(...ARGS);
  try {
    await page.goto(`${host.url}&probe=1`);
    await expect(page.getByText('Connected')).toBeVisible({ timeout: 15_000 });
    await callOf(host, 'Rosa Lindqvist');
    const pid = await workerPidOf(host);
    process.kill(pid, 'SIGSTOP');
    await expect(page.getByText('Worker lost').first()).toBeVisible({ timeout: 4000 });
    await expect(page.getByRole('heading', { name: 'Floor' })).toBeVisible();
    await expect(page.getByText('Connected')).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText('Ringing').first()).toBeVisible({ timeout: 10_000 });
  } finally {
    await host.stop();
  }
});

test('[IPC24][SUP12] a desk that is killed in a takeover: the AI resumes, and the next desk takes the running calls over', async ({
  page,
}) => {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-killed-'));
  const first = await startConsoleHost(...ARGS, '--data', data);
  await page.goto(`${first.url}&probe=1`);
  const callId = await callOf(first, 'Rosa Lindqvist');
  await openCall(page, 'Rosa Lindqvist');
  await page.keyboard.press('4');
  await expect(page.getByText('You are on the line')).toBeVisible();
  const worker = { workerUrl: first.workerUrl };
  const pid = await workerPidOf(worker);
  const during = await callerSink(worker, callId);
  await first.kill();
  await expect
    .poll(async () => (await callerSink(worker, callId)).aiFrames, { timeout: 6000 })
    .toBeGreaterThan(during.aiFrames);

  const second = await startConsoleHost(...ARGS, '--data', data);
  try {
    await page.goto(`${second.url}&probe=1`);
    await expect(page.getByText('Connected')).toBeVisible({ timeout: 15_000 });
    expect(second.workerUrl).toBe(first.workerUrl);
    expect(await workerPidOf(second)).toBe(pid);
    expect(await callOf(second, 'Rosa Lindqvist')).toBe(callId);
    await expect(page.getByText('Rosa Lindqvist', { exact: true }).first()).toBeVisible();
  } finally {
    await second.stop();
    rmSync(data, { recursive: true, force: true });
  }
  expect(() => process.kill(pid, 0)).toThrow();
});
