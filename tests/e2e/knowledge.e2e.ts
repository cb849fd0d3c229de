import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Browser, type Page } from '@playwright/test';
import { startConsoleHost } from './console-host.ts';
import { test } from './console-test.ts';

test.describe.configure({ timeout: 240_000 });
const WORKER_ARGS = [
  '--demo',
  '--headless',
  '--test-probe',
  '--seed',
  '7',
  '--calls-min',
  '2',
  '--calls-max',
  '3',
];

async function startWorker(data: string, port: number) {
  rmSync(join(data, 'token'), { force: true });
  const child = spawn(
    process.execPath,
    ['--no-warnings', 'worker/entry/main.ts', ...WORKER_ARGS, '--data', data, '--port', String(port)],
    { cwd: join(import.meta.dirname, '../..'), stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${String(port)}`;
  const status = (): Promise<number> =>
    fetch(`${url}/healthz`).then(
      answer => answer.status,
      () => 0,
    );
  await expect.poll(() => existsSync(join(data, 'token')), { timeout: 60_000 }).toBe(true);
  await expect.poll(status, { timeout: 60_000 }).toBe(200);
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

/** The workspace of one person, at a desk of their own. */
async function openDesk(browser: Browser, workerUrl: string, data: string, userId: string) {
  const file = join(data, `session-${userId}`);
  writeFileSync(file, `${await sessionOf(workerUrl, data, userId)}\n`, { mode: 0o600 });
  const host = await startConsoleHost('--worker', workerUrl, '--worker-token', file);
  const page = await browser.newPage();
  await page.goto(`${host.url}&probe=1`);
  await page.getByRole('button', { name: 'No, thank you' }).click({ timeout: 60_000 });
  await page.keyboard.press('u');
  return { page, host };
}

const text = (page: Page) => page.getByRole('textbox', { name: 'Text of the article' });
const standing = (page: Page) => page.getByTestId('standing');
const openArticle = async (page: Page, title: string): Promise<void> => {
  await page.getByRole('option').filter({ hasText: title }).first().click();
  await expect(text(page)).toBeVisible({ timeout: 30_000 });
};
/** The last line of the article's one paragraph is written anew. */
async function writeLastLine(page: Page, line: string): Promise<void> {
  await text(page).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Shift+Home');
  await page.keyboard.insertText(line);
}
const ask = async (page: Page, question: string): Promise<void> => {
  const field = page.getByRole('textbox', { name: 'Question of a caller' });
  await field.fill(question);
  await field.press('Enter');
};

test('[KNW4][KNW10][KNW13][KNW14][KNW16] two desks edit offline, reconnect, merge and publish, and the running worker answers from it', async ({
  browser,
}) => {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-knowledge-'));
  const port = 20_000 + ((process.pid + 7_919) % 20_000);
  let worker = await startWorker(data, port);
  const desks: Awaited<ReturnType<typeof openDesk>>[] = [];
  try {
    const ada = await openDesk(browser, worker.url, data, 'user-okafor');
    desks.push(ada);
    const ben = await openDesk(browser, worker.url, data, 'user-tanaka');
    desks.push(ben);
    for (const { page } of desks) await openArticle(page, 'Damaged items');

    await worker.kill();
    for (const { page } of desks)
      await expect(page.getByText('Worker lost').first()).toBeVisible({ timeout: 30_000 });
    await writeLastLine(ada.page, 'A replacement lamp can leave our warehouse on the same day.');
    await ada.page.keyboard.press('Control+s');
    await expect(standing(ada.page)).toHaveText('Saved on this desk, 1 change waiting to sync');
    await writeLastLine(ben.page, 'A replacement lamp can leave our warehouse within three days.');
    await ben.page.keyboard.press('Control+s');
    await expect(standing(ben.page)).toHaveText('Saved on this desk, 1 change waiting to sync');
    await ask(ada.page, 'When can a replacement lamp leave?');
    await expect(ada.page.getByText(/^No worker/u)).toBeVisible();

    worker = await startWorker(data, port);
    // Whoever comes second is in conflict with who came first; both see both texts, and nothing is lost.
    for (const { page } of desks) {
      const card = page.getByRole('region', { name: 'Conflict' });
      await expect(card).toBeVisible({ timeout: 60_000 });
      await expect(card).toContainText('on the same day');
      await expect(card).toContainText('within three days');
    }
    await ada.page.getByRole('button', { name: 'Publish' }).click();
    await expect(ada.page.getByText('Not published')).toBeVisible();
    await expect(ada.page.getByText(/Settle the conflict/u)).toBeVisible();
    await ada.page.getByRole('button', { name: 'Keep mine' }).click();
    for (const { page } of desks) {
      await expect(page.getByRole('region', { name: 'Conflict' })).toBeHidden({ timeout: 60_000 });
      // What was published stands struck beside it.
      await expect(text(page).locator('.diff-new')).toHaveText(['same']);
    }
    await ada.page.getByRole('button', { name: 'Publish' }).click();
    await expect(ada.page.getByRole('button', { name: 'Published' })).toBeVisible({ timeout: 30_000 });

    await ask(ben.page, 'When can a replacement lamp leave your warehouse?');
    const answer = ben.page.getByRole('status', { name: 'Answer' });
    await expect(answer).toContainText('on the same day', { timeout: 60_000 });
    await expect(answer).toContainText('Lane C allows it');
  } finally {
    for (const { page, host } of desks) {
      await page.close();
      await host.stop();
    }
    await worker.kill();
    rmSync(data, { recursive: true, force: true });
  }
});

const FIX = /^Fix .* for this call/u;

/** Any call in which the AI has named an article: which one comes first differs with the machine. */
async function openCitingCall(page: Page): Promise<void> {
  const calls = page.locator('[data-call]').filter({ hasNotText: 'Ringing' });
  await expect(async () => {
    await page.keyboard.press('Escape');
    const count = await calls.count();
    await calls.nth(Math.floor(Math.random() * count)).click({ timeout: 5_000 });
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Sources' }).click({ timeout: 5_000 });
    await page.getByRole('button', { name: FIX }).first().waitFor({ timeout: 15_000 });
  }).toPass({ timeout: 150_000 });
}

test('[KNW22][KNW23] during a call a cited article is fixed for it, the call shows that, and the draft waits in the workspace', async ({
  browser,
}) => {
  const host = await startConsoleHost('--seed', '7', '--calls-min', '6', '--calls-max', '8');
  const page = await browser.newPage();
  try {
    await page.goto(`${host.url}&probe=1`);
    await page.getByRole('button', { name: 'No, thank you' }).click({ timeout: 60_000 });
    await openCitingCall(page);
    await page.getByRole('button', { name: FIX }).first().click();
    const sheet = page.getByRole('dialog', { name: 'Fix for this call' });
    const own = sheet.getByRole('textbox');
    await own.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText(' This was corrected during a call.');
    await sheet.getByRole('button', { name: 'Use in this call' }).click();
    await expect(page.getByTestId('own-texts')).toBeVisible({ timeout: 15_000 });
    await expect(page.getByText('gave this call another text')).toBeVisible();

    // A word that was spoken leads to who wrote its passage, and on to the article with the draft.
    await page.getByRole('region', { name: 'Transcript' }).click({ position: { x: 4, y: 4 } });
    await page.keyboard.press('j');
    await expect(page.getByRole('tab', { name: 'Word' })).toHaveAttribute('aria-selected', 'true');
    await page.getByRole('tab', { name: 'Sources' }).click();
    await page
      .getByRole('button', { name: /^Open the article/u })
      .first()
      .click();
    await expect(text(page)).toContainText('This was corrected during a call.', { timeout: 30_000 });
    await expect(page.getByRole('button', { name: 'Changes' })).toBeVisible();
  } finally {
    await page.close();
    await host.stop();
  }
});
