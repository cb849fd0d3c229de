import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { runAccountsCommand } from '#worker/entry/accounts-command.ts';
import { startConsoleHost } from './console-host.ts';
import { test } from './console-test.ts';

test.describe.configure({ timeout: 120_000 });

/** A worker that was started apart from any desk. */
async function startWorker(data: string, port: number) {
  const args = ['--no-warnings', 'worker/entry/main.ts', '--demo', '--headless', '--seed', '7'];
  const child = spawn(process.execPath, [...args, '--data', data, '--port', String(port)], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: 'ignore',
  });
  await expect.poll(() => existsSync(join(data, 'token')), { timeout: 20_000 }).toBe(true);
  return {
    url: `http://127.0.0.1:${String(port)}`,
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('[ACC20] the first admin signs in at a worker elsewhere, invites somebody and signs out', async ({
  page,
}) => {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-accounts-'));
  const worker = await startWorker(data, 20_000 + ((process.pid + 977) % 20_000));
  const { lines } = await runAccountsCommand(
    ['add', '--email', 'ann@example.test', '--name', 'Ann Example', '--data', data],
    {},
  );
  const temporary = lines.at(-1)?.trim() ?? '';
  const host = await startConsoleHost('--worker', worker.url);
  try {
    await page.goto(host.url);
    const sheet = page.getByRole('dialog', { name: 'Sign in' });
    await expect(sheet).toBeVisible({ timeout: 15_000 });
    await sheet.getByLabel('E-mail address').fill('ann@example.test');
    await sheet.getByLabel('Password', { exact: true }).fill('not the right one');
    await sheet.getByRole('button', { name: 'Sign in' }).click();
    await expect(sheet.getByRole('alert')).toContainText('do not belong together');
    await sheet.getByLabel('Password', { exact: true }).fill(temporary);
    await page.keyboard.press('Enter');
    await sheet.getByLabel(/^New password/u).fill('a password of my own');
    await page.keyboard.press('Enter');
    await expect(sheet).toBeHidden();
    await expect(page.getByText('Connected')).toBeVisible({ timeout: 15_000 });
    await page.getByRole('button', { name: 'Settings' }).click();
    await expect(page.getByText('Administrator').first()).toBeVisible();
    const form = page.getByRole('form', { name: 'Invite somebody' });
    await form.getByLabel('Name').fill('Nia');
    await form.getByLabel('E-mail address').fill('nia@example.test');
    await form.getByRole('button', { name: 'Invite' }).click();
    const secret = page.getByRole('dialog', { name: 'Temporary password' });
    await expect(secret).toContainText(/[a-z2-9]{5}-[a-z2-9]{5}/u);
    await secret.getByRole('button', { name: 'I have it' }).click();
    await expect(page.getByRole('list', { name: 'People' })).toContainText('nia@example.test');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(sheet).toBeVisible();
  } finally {
    await host.stop();
    await worker.kill();
    rmSync(data, { recursive: true, force: true });
  }
});
