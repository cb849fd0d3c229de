import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { openCall, startConsoleHost } from '#tests/e2e/console-host.ts';

const THEMES = ['dark', 'light'] as const;

/** Floor, call and takeover of the running product, then its other screens, in both themes. */
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
    await shootScreens(page, shoot);
    await page.close();
  } finally {
    await host.stop();
  }
}

type Shoot = (page: Page, name: string) => Promise<void>;

/** What is beside the calls: notes, knowledge, policies, history and proof. */
async function shootScreens(page: Page, shoot: Shoot): Promise<void> {
  const go = (screen: string | RegExp): Promise<void> =>
    page.getByRole('navigation').getByRole('button', { name: screen }).click();
  await page.getByRole('tab', { name: /^Notes/u }).click();
  await page
    .getByRole('textbox', { name: 'Note on this call' })
    .fill('Stopped a promise of a refund in time. Good moment to take over.');
  await page.getByRole('button', { name: 'Praise' }).first().click();
  await page.getByRole('button', { name: 'Save the note' }).first().click();
  await page.getByRole('article').filter({ hasText: 'Stopped a promise' }).waitFor();
  await shoot(page, 'notes');

  await page.getByRole('button', { name: /^Hand back/u }).click();
  await page.getByText('You are on the line').waitFor({ state: 'hidden' });
  await page.keyboard.press('Escape');
  await go(/^Knowledge/u);
  await page.getByRole('option').filter({ hasText: 'Returns' }).first().click();
  await page.getByRole('textbox', { name: 'Text of the article' }).waitFor({ timeout: 30_000 });
  await page.getByRole('textbox', { name: 'Question of a caller' }).fill('How long can I return something?');
  await page.keyboard.press('Enter');
  await page.getByText('Lane C allows it').waitFor({ timeout: 60_000 });
  await shoot(page, 'knowledge');
  await page.getByRole('button', { name: /^Policies/u }).click();
  await page.getByRole('option').filter({ hasText: 'demo' }).click();
  await page.getByRole('textbox', { name: 'Text of the policy' }).waitFor({ timeout: 30_000 });
  await shoot(page, 'policies');

  await go('History');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Search everything said, decided and done' }).fill('refund');
  await page.getByRole('list', { name: 'What was found' }).getByRole('listitem').first().waitFor();
  await shoot(page, 'archive');
  await page.getByRole('button', { name: 'Proof', exact: true }).click();
  await page.getByRole('button', { name: 'Prove the record' }).click();
  await page.getByText('Nothing was changed').waitFor({ timeout: 60_000 });
  await shoot(page, 'proof');
}
