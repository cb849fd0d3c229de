import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { openCall, startConsoleHost } from '#tests/e2e/console-host.ts';

const THEMES = ['dark', 'light'] as const;

/** Floor, call and takeover of the running product, in both themes. */
export async function shootProduct(browser: Browser, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const shoot = async (page: Page, name: string): Promise<void> => {
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), animations: 'disabled' });
      process.stdout.write(`docs/pictures/${name}-${colorScheme}.png\n`);
    }
  };
  const host = await startConsoleHost('--seed', '7', '--calls-min', '6', '--calls-max', '8');
  try {
    const page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
      permissions: ['microphone'],
    });
    await page.goto(host.url);
    await page.getByRole('button', { name: 'No, thank you' }).click({ timeout: 60_000 });
    await page.getByText('Chiara Conti', { exact: true }).first().waitFor({ timeout: 60_000 });
    await page.getByText('Elena Fischer', { exact: true }).first().waitFor({ timeout: 60_000 });
    // A floor is worth a picture once callers have said what they want.
    await page.waitForTimeout(12_000);
    await page.getByText('Chiara Conti', { exact: true }).first().click();
    await shoot(page, 'floor');
    await openCall(page, 'Elena Fischer');
    await page.keyboard.press('1');
    await page.getByText('Vetoed before it was spoken').first().waitFor({ timeout: 90_000 });
    await shoot(page, 'call');
    await page.keyboard.press('4');
    await page.getByText('You are on the line').waitFor();
    await page.waitForTimeout(3_000);
    await shoot(page, 'take');
    await page.close();
  } finally {
    await host.stop();
  }
}
