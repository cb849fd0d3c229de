import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { callerSink, callOf, countDevices, openCall, probe, workerPidOf } from './console-host.ts';
import { openConsole, test, type OpenedConsole } from './console-test.ts';

test.describe.configure({ mode: 'serial', timeout: 120_000 });

let host: OpenedConsole;
let devicesOpened: () => Promise<number>;

test.beforeAll(async ({ browser, shell }) => {
  const args = ['--seed', '7', '--calls-min', '5', '--calls-max', '8', '--hold-back-ms', '1200'];
  host = await openConsole(shell, browser, args, {
    init: async page => {
      devicesOpened = await countDevices(page);
    },
  });
});
test.afterAll(async () => {
  await host.stop();
});

async function seriousFaults(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: host.page }).setLegacyMode(true).analyze();
  return violations
    .filter(fault => fault.impact === 'serious' || fault.impact === 'critical')
    .map(fault => `${fault.id}: ${fault.nodes[0]?.html ?? ''}`);
}

test('[UI81] calls ring in within seconds, and one that needs a person becomes a card with the reason in words', async () => {
  const { page } = host;
  await expect(page.getByText('Connected')).toBeVisible({ timeout: 15_000 });
  await callOf(host, 'Chiara Conti');
  await expect(page.getByText('Chiara Conti', { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/Asked for a person|Asks for a person/u).first()).toBeVisible({
    timeout: 60_000,
  });
});

test('[UI85] the floor has no serious accessibility fault', async () => {
  expect(await seriousFaults()).toEqual([]);
});

test('[UI82] an opened call is read and heard, and no device is opened', async () => {
  const { page } = host;
  await openCall(page, 'Chiara Conti');
  await expect(page.getByRole('log')).toContainText('this is the AI assistant of Larkfield');
  await page.keyboard.press('1');
  await expect.poll(async () => (await probe(page)).framesPlayed, { timeout: 15_000 }).toBeGreaterThan(50);
  await expect.poll(async () => (await probe(page)).playerRms, { timeout: 30_000 }).toBeGreaterThan(0.01);
  expect(await devicesOpened()).toBe(0);
  await expect(page.getByText('Nobody hears you')).toBeVisible();
});

test('[UI84][UI85] takeover: the caller hears the person and not one AI frame after the fence; hand-back gives the call back', async () => {
  const { page } = host;
  const callId = await callOf(host, 'Chiara Conti');
  await page.keyboard.press('4');
  await expect(page.getByText('You are on the line')).toBeVisible();
  await expect(page.getByText('The caller hears you')).toBeVisible();
  await expect
    .poll(async () => (await callerSink(host, callId)).toneLevel, { timeout: 10_000 })
    .toBeGreaterThan(0.05);
  expect(await seriousFaults()).toEqual([]);
  const during = await callerSink(host, callId);
  expect(during.aiFramesAfterFence).toBe(0);
  await page.keyboard.press('b');
  await expect(page.getByText('You are on the line')).toBeHidden();
  await expect(page.getByText('Nobody hears you')).toBeVisible();
  await expect
    .poll(async () => (await callerSink(host, callId)).aiFrames, { timeout: 10_000 })
    .toBeGreaterThan(during.aiFrames);
  await expect
    .poll(async () => (await callerSink(host, callId)).toneLevel, { timeout: 10_000 })
    .toBeLessThan(0.02);
});

test('[UI83] the next chunk, vetoed with one key, is shown as stopped and never heard', async () => {
  const { page } = host;
  await page.keyboard.press('Escape');
  await callOf(host, 'Jonas Weber');
  await openCall(page, 'Jonas Weber');
  const veto = page.getByRole('button', { name: /^Veto/u });
  await veto.waitFor({ timeout: 60_000 });
  await page.keyboard.press('v');
  await expect(page.getByText('Vetoed before it was spoken').first()).toBeVisible();
});

test('[UI86] when the worker dies the screen stays and says so, and callers ring again', async () => {
  const { page } = host;
  await page.keyboard.press('Escape');
  process.kill(await workerPidOf(host), 'SIGKILL');
  await expect(
    page
      .getByText(/worker/iu)
      .filter({ hasText: /started again|gone|stopped|lost/iu })
      .first(),
  ).toBeVisible({ timeout: 5000 });
  await expect(page.getByText('Connected')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('row').nth(1)).toBeVisible({ timeout: 20_000 });
});
