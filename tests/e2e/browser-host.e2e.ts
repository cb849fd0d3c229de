import { expect, test } from '@playwright/test';
import { startConsoleHost } from './console-host.ts';

test('[UI80] the address opens the console once, a reload works, and nobody else can use it', async ({
  browser,
  page,
}) => {
  const host = await startConsoleHost('--seed', '7');
  try {
    await page.goto(`${host.url}&probe=1`);
    await expect(page.getByRole('heading', { name: 'Floor' })).toBeVisible();
    expect(page.url()).not.toContain('token');
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Floor' })).toBeVisible();
    const other = await browser.newContext();
    const answer = await (await other.newPage()).goto(host.url);
    expect(answer?.status()).toBe(403);
    await other.close();
  } finally {
    await host.stop();
  }
});
