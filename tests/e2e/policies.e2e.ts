import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { startConsoleHost } from './console-host.ts';
import { test } from './console-test.ts';
import { startWorkerApart } from './worker-apart.ts';

test.describe.configure({ timeout: 480_000 });

/** The fewer calls run beside it, the sooner the worker answers. */
const QUIET = { args: ['--calls-min', '1', '--calls-max', '1'] };

const QUESTION = 'How long can I return something?';
const answer = (page: Page) => page.getByRole('status', { name: 'Answer' });
/** Asks until the answer says this of Lane C: a worker that has just begun may be too slow for the first question. */
const askUntil = (page: Page, words: string): Promise<void> =>
  expect(async () => {
    const field = page.getByRole('textbox', { name: 'Question of a caller' });
    await field.fill(QUESTION);
    await field.press('Enter');
    await expect(answer(page)).toContainText('Lane C', { timeout: 40_000 });
    await expect(answer(page)).toContainText(words, { timeout: 5_000 });
  }).toPass({ timeout: 150_000 });
/** Presses the button, and the one of the question that it asks. */
const putInForce = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Put in force' }).click();
  const sheet = page.getByRole('dialog', { name: 'Put in force' });
  await expect(sheet.getByRole('list', { name: 'What changes' })).toContainText('not-so');
  await sheet.getByRole('button', { name: 'Put in force' }).click();
};

test('[POL70][POL71][POL72] a policy is edited offline, reconnects, is put in force, and stops the sentence it forbids', async ({
  browser,
}) => {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-policies-'));
  const port = 20_000 + ((process.pid + 6_007) % 20_000);
  let worker = await startWorkerApart(data, port, QUIET);
  const file = await worker.sessionFileOf('user-okafor');
  const host = await startConsoleHost('--worker', worker.url, '--worker-token', file);
  const page = await browser.newPage();
  try {
    await page.goto(`${host.url}&probe=1`);
    await page.getByRole('button', { name: 'No, thank you' }).click({ timeout: 60_000 });
    await page.keyboard.press('Control+k');
    await page.keyboard.insertText('open policies');
    await page.keyboard.press('Enter');
    const row = page.getByRole('option').filter({ hasText: 'demo' });
    await expect(row).toContainText('In force', { timeout: 60_000 });
    await row.click();
    const text = page.getByRole('textbox', { name: 'Text of the policy' });
    await expect(text).toContainText('no-refund-promise', { timeout: 30_000 });
    await askUntil(page, 'Lane C allows it');
    const said = (await answer(page).locator('p').first().innerText()).split(/[.,!?]/u)[0] ?? '';

    await worker.kill();
    await expect(page.getByText('Worker lost').first()).toBeVisible({ timeout: 30_000 });
    await text.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('\n\n{ "kind": "phrases", "name": "not-so", "phrases": ["x"] }');
    await expect(page.getByTestId('faults')).toHaveText('1 fault, see the clause');
    await expect(page.getByText('expected at least 2 characters').first()).toBeVisible();
    await page.keyboard.press('Shift+Home');
    await page.keyboard.insertText(
      JSON.stringify({ kind: 'phrases', name: 'not-so', phrases: [said.trim()] }),
    );
    await expect(page.getByTestId('faults')).toContainText('no fault');
    await page.keyboard.press('Control+s');
    await expect(page.getByTestId('standing')).toHaveText('Saved on this desk, 1 change waiting to sync');
    await putInForce(page);
    await expect(page.getByText('Putting in force needs the worker')).toBeVisible({ timeout: 30_000 });

    worker = await startWorkerApart(data, port, QUIET);
    await expect(page.getByTestId('standing')).toHaveText('Saved', { timeout: 60_000 });
    await askUntil(page, 'Lane C allows it');
    await putInForce(page);
    await expect(page.getByRole('button', { name: 'In force', exact: true })).toBeVisible({
      timeout: 30_000,
    });
    await expect(page.getByText('version 2')).toBeVisible({ timeout: 30_000 });
    await askUntil(page, 'Lane C stops it: not so');
  } finally {
    await page.close();
    await host.stop();
    await worker.kill();
    rmSync(data, { recursive: true, force: true });
  }
});
