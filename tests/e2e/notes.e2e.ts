import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Browser, type Page } from '@playwright/test';
import { startConsoleHost } from './console-host.ts';
import { test } from './console-test.ts';
import { startWorkerApart, type WorkerApart } from './worker-apart.ts';

test.describe.configure({ timeout: 240_000 });
const CALLS = ['--calls-min', '2', '--calls-max', '3'];

async function openDesk(browser: Browser, worker: WorkerApart, userId: string) {
  const file = await worker.sessionFileOf(userId);
  const host = await startConsoleHost('--worker', worker.url, '--worker-token', file);
  const page = await browser.newPage();
  await page.goto(`${host.url}&probe=1`);
  await page.getByRole('button', { name: 'No, thank you' }).click({ timeout: 60_000 });
  return { page, host };
}

const notes = (page: Page) => page.getByRole('tabpanel');
const note = (page: Page, words: string) => notes(page).getByRole('article').filter({ hasText: words });
async function write(page: Page, words: string, flag?: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Note on this call' }).fill(words);
  const form = page.locator('form').filter({ has: page.getByRole('textbox', { name: 'Note on this call' }) });
  if (flag !== undefined) await form.getByRole('button', { name: flag }).click();
  await form.getByRole('button', { name: 'Save the note' }).click();
  await expect(note(page, words)).toBeVisible();
}
async function change(page: Page, before: string, after: string): Promise<void> {
  await note(page, before).getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('textbox', { name: /^Text of the note/u }).fill(after);
  await page.keyboard.press('Control+Enter');
  await expect(note(page, after)).toContainText('Waiting to be sent');
}

test('[NOT4][NOT8][NOT10] two people write on one call without a worker, and afterwards both see both, with what clashed in its place', async ({
  browser,
}) => {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-notes-'));
  const port = 20_000 + ((process.pid + 4_211) % 20_000);
  let worker = await startWorkerApart(data, port, { args: CALLS });
  const desks: Awaited<ReturnType<typeof openDesk>>[] = [];
  try {
    const ada = await openDesk(browser, worker, 'user-okafor');
    desks.push(ada);
    const ben = await openDesk(browser, worker, 'user-tanaka');
    desks.push(ben);
    const callId = await ada.page.locator('[data-call]').first().getAttribute('data-call');
    for (const { page } of desks) {
      await page
        .locator(`[data-call="${callId ?? ''}"]`)
        .first()
        .click({ timeout: 30_000 });
      await page.keyboard.press('Enter');
      await page.getByRole('tab', { name: /^Notes/u }).click();
    }
    await write(ada.page, 'She waits for her lamp.', 'Follow-up');
    await expect(note(ben.page, 'She waits for her lamp.')).toContainText('Follow-up', { timeout: 30_000 });
    await expect(note(ada.page, 'She waits for her lamp.')).not.toContainText('Waiting', { timeout: 30_000 });

    await worker.kill();
    for (const { page } of desks)
      await expect(page.getByText('Worker lost').first()).toBeVisible({ timeout: 30_000 });
    await change(ada.page, 'She waits for her lamp.', 'She waits for her lamp since Monday.');
    await change(ben.page, 'She waits for her lamp.', 'She waits for her lamp and was told Friday.');
    await write(ada.page, 'Well done by the AI.', 'Praise');
    await write(ben.page, 'Ask the depot.');
    await ben.page.getByRole('button', { name: /^Sync: Offline since .* 2 changes waiting/u }).click();
    await expect(ben.page.getByRole('dialog', { name: 'Sync' })).toContainText('Note on the call with');
    await ben.page.keyboard.press('Escape');

    worker = await startWorkerApart(data, port, { args: CALLS });
    for (const { page } of desks) {
      await expect(note(page, 'Well done by the AI.')).toContainText('Praise', { timeout: 60_000 });
      await expect(note(page, 'Ask the depot.')).toBeVisible({ timeout: 60_000 });
      const card = page.getByRole('region', { name: 'Conflict' });
      await expect(card).toContainText('since Monday', { timeout: 60_000 });
      await expect(card).toContainText('was told Friday');
    }
    await ada.page.getByRole('button', { name: 'Keep both' }).click();
    for (const { page } of desks) {
      await expect(page.getByRole('region', { name: 'Conflict' })).toBeHidden({ timeout: 60_000 });
      await expect(note(page, 'since Monday')).toContainText('was told Friday', { timeout: 30_000 });
      await expect(notes(page).getByRole('article')).toHaveCount(3);
    }

    // The call is over by now: its flags are in the history, which can show flagged calls alone.
    await ben.page.keyboard.press('Escape');
    await ben.page.keyboard.press('h');
    await ben.page.getByRole('button', { name: 'Flagged' }).click();
    const row = ben.page.locator(`[data-call="${callId ?? ''}"]`);
    await expect(row).toContainText('Praise', { timeout: 30_000 });
    await expect(row).toContainText('Follow-up');
    await expect(ben.page.getByRole('row')).toHaveCount(2);
  } finally {
    for (const { page, host } of desks) {
      await page.close();
      await host.stop();
    }
    await worker.kill();
    rmSync(data, { recursive: true, force: true });
  }
});
