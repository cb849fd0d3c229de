import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { openConsole, test, type OpenedConsole } from './console-test.ts';

test.describe.configure({ mode: 'serial', timeout: 120_000 });

let host: OpenedConsole;
test.beforeAll(async ({ browser, shell }) => {
  host = await openConsole(shell, browser, ['--seed', '7', '--calls-min', '4', '--calls-max', '6']);
});
test.afterAll(async () => {
  await host.stop();
});

/** Opens the first call that is connected: which one does not matter here. */
async function openAnyCall(): Promise<void> {
  const { page } = host;
  const calls = page.locator('[data-call]').filter({ hasNotText: 'Ringing' });
  await calls.first().click({ timeout: 30_000 });
  await page.keyboard.press('Enter');
  await page.getByRole('log').waitFor();
}

test('[UI64][UI65] at the first start the tour is offered; by keyboard it goes round, and never comes by itself again', async () => {
  const { page } = host;
  await page.getByRole('button', { name: 'Show me around' }).click({ timeout: 20_000 });
  for (const title of [/come first/u, /as far as you need/u, /before the caller/u, /has a key/u]) {
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    const box = await page.locator('.guide').boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    await page.keyboard.press('Enter');
  }
  await expect(page.locator('.guide')).toHaveCount(0);
  await page.reload();
  await expect(page.getByText('Connected')).toBeVisible({ timeout: 15_000 });
  await expect(page.locator('.guide')).toHaveCount(0);
});

test('[UI60][UI62] Ctrl+K opens a screen and a call by name, and gives focus back', async () => {
  const { page } = host;
  const search = page.getByRole('searchbox');
  await search.focus();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Do anything' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(search).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('settings');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
});

test('[KEY2][KEY3] a key is chosen by pressing it, a conflict is told, and the choice outlives the page', async () => {
  const { page } = host;
  const flag = page.getByRole('button', { name: /^Flag this moment: .*Change the key/u });
  await flag.click();
  await page.keyboard.press('v');
  await expect(page.getByText('V is the key for “Veto the next sentence”').first()).toBeVisible();
  await flag.click();
  await page.keyboard.press('y');
  await expect(flag).toHaveAccessibleName(/: Y\. /u);
  await page.reload();
  await openAnyCall();
  await expect(page.getByRole('button', { name: /^Flag/u })).toHaveAttribute('aria-keyshortcuts', 'Y');
  await page.keyboard.press('y');
  await expect(page.getByText('Moment flagged')).toBeVisible();
  await page.keyboard.press('Escape');
});

for (const theme of ['dark', 'light'] as const)
  test(`[UI70][KNW26] no screen has a serious accessibility fault in the ${theme} theme, nor do palette and key help`, async () => {
    const { page } = host;
    await page.emulateMedia({ colorScheme: theme });
    const faults: string[] = [];
    const check = async (where: string): Promise<void> => {
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
      for (const { id, impact, nodes } of violations)
        if (impact === 'serious' || impact === 'critical')
          faults.push(`${where}: ${id}: ${nodes[0]?.html ?? ''}`);
    };
    for (const screen of ['Floor', 'History', 'Figures', 'Settings'] as const) {
      await page.getByRole('navigation').getByRole('button', { name: screen }).click();
      await expect(page.getByRole('heading', { level: 1, name: screen })).toBeVisible();
      await check(screen);
    }
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Knowledge/u })
      .click();
    await check('knowledge');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('textbox', { name: 'Text of the article' }).waitFor({ timeout: 30_000 });
    await check('article');
    await page.keyboard.press('?');
    await check('key help');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await check('palette');
    await page.keyboard.press('Escape');
    await page.getByRole('navigation').getByRole('button', { name: 'Floor' }).click();
    await openAnyCall();
    await check('call');
    await page.keyboard.press('Escape');
    expect(faults).toEqual([]);
  });

test('[UI68] at 380 px and at 200 % zoom every control of a call can be reached and the words have room', async () => {
  const { page } = host;
  await openAnyCall();
  for (const size of [
    { width: 380, height: 760 },
    { width: 720, height: 450 },
  ]) {
    await page.setViewportSize(size);
    await expect(page.getByRole('button', { name: /^End call/u })).toBeVisible();
    const controls = await page.getByRole('region', { name: 'What you can do' }).getByRole('button').all();
    expect(controls.length).toBeGreaterThanOrEqual(6);
    for (const control of controls) {
      const box = await control.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= size.width).toBe(true);
      expect(box && box.y >= 0 && box.y + box.height <= size.height).toBe(true);
    }
    const log = await page.getByRole('log').boundingBox();
    expect(log?.height).toBeGreaterThan(90);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
  }
});

test('[KNW26] at 380 px the list and the article are one at a time, each with all its controls', async () => {
  const { page } = host;
  await page.setViewportSize({ width: 380, height: 760 });
  await page.keyboard.press('Escape');
  await page
    .getByRole('navigation')
    .getByRole('button', { name: /^Knowledge/u })
    .click();
  const back = page.getByRole('button', { name: 'Back to the list' });
  // The article of the test before may be open still.
  if (await back.isVisible()) await back.click();
  const list = page.getByRole('listbox', { name: 'Articles' });
  await list.getByRole('option').first().click();
  await expect(list).toBeHidden();
  for (const name of ['History of this article', 'Preview', 'More', 'Details']) {
    const box = await page.getByRole('button', { name }).boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 380).toBe(true);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
  await back.click();
  await expect(list).toBeVisible();
});
