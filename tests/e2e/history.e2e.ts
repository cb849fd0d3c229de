import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { callOf, openCall } from './console-host.ts';
import { openConsole, test } from './console-test.ts';

test.describe.configure({ timeout: 180_000 });

test('[HIS1][HIS3][HIS6][REC8] after the app was closed a call is found, opened, heard and walked through', async ({
  browser,
  shell,
}) => {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-history-'));
  const args = ['--seed', '7', '--calls-min', '3', '--calls-max', '5'];
  const first = await openConsole(shell, browser, args, { data });
  await callOf(first, 'Rosa Lindqvist');
  await openCall(first.page, 'Rosa Lindqvist');
  await expect(first.page.getByText('Recording begins')).toBeVisible({ timeout: 30_000 });
  await first.page.keyboard.press('4');
  await expect(first.page.getByText('You are on the line')).toBeVisible();
  await first.page.waitForTimeout(3_000);
  await first.page.keyboard.press('b');
  await expect(first.page.getByText('You are on the line')).toBeHidden();
  await first.stop();

  const second = await openConsole(shell, browser, args, { data });
  const { page } = second;
  try {
    await expect(page.getByText('Connected')).toBeVisible({ timeout: 15_000 });
    await page.keyboard.press('h');
    const search = page.getByRole('searchbox', { name: 'Search names and words' });
    await search.fill('rosa');
    await search.press('Tab');
    const row = page.getByRole('row').filter({ hasText: 'A person took over' }).first();
    await expect(row).toContainText('Rosa Lindqvist');
    await row.dblclick();
    await expect(page.getByRole('log')).toContainText('this is the AI assistant of Larkfield');
    await expect(page.getByRole('log')).toContainText('took over');
    await expect(page.getByRole('button', { name: /^Take over/u })).toBeHidden();

    const slider = page.getByRole('slider', { name: 'Position in the call' });
    const end = await slider.getAttribute('max');
    await page.getByRole('button', { name: /^Play/u }).click();
    await expect(page.getByRole('img', { name: 'With sound' })).toBeVisible();
    // The audio is the clock: the playhead moves because the recording does.
    await expect
      .poll(
        () => page.evaluate(() => Number(document.querySelector<HTMLInputElement>('.replay-range')?.value)),
        {
          timeout: 15_000,
        },
      )
      .toBeGreaterThan(4_000);
    await page.getByRole('button', { name: /^Pause/u }).click();
    await expect(page.getByRole('log')).not.toContainText('took over');
    await slider.focus();
    await page.keyboard.press('End');
    await expect(page.getByRole('log')).toContainText('took over');
    expect(Number(end)).toBeGreaterThan(5_000);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('heading', { name: 'History' })).toBeVisible();
  } finally {
    await second.stop();
    rmSync(data, { recursive: true, force: true });
  }
});
