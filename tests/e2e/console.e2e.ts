import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { chromiumLaunch } from '#infra/config/chromium-launch.ts';
import {
  callerSink,
  callOf,
  countDevices,
  openCall,
  probe,
  startConsoleHost,
  toneFile,
  type ConsoleHost,
} from './console-host.ts';

test.use({ launchOptions: chromiumLaunch([`--use-file-for-fake-audio-capture=${toneFile()}`]) });
test.describe.configure({ mode: 'serial', timeout: 120_000 });

let host: ConsoleHost;
let page: Page;
let devicesOpened: () => Promise<number>;

test.beforeAll(async ({ browser }) => {
  host = await startConsoleHost(
    '--seed',
    '7',
    '--calls-min',
    '5',
    '--calls-max',
    '8',
    '--hold-back-ms',
    '1200',
  );
  page = await browser.newPage();
  devicesOpened = await countDevices(page);
});
test.afterAll(async () => {
  await host.stop();
});

async function seriousFaults(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations
    .filter(fault => fault.impact === 'serious' || fault.impact === 'critical')
    .map(fault => `${fault.id}: ${fault.nodes[0]?.html ?? ''}`);
}

test('[UI80] the address opens the console once, a reload works, and nobody else can use it', async ({
  browser,
}) => {
  await page.goto(`${host.url}&probe=1`);
  await expect(page.getByRole('heading', { name: 'Floor' })).toBeVisible();
  expect(page.url()).not.toContain('token');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Floor' })).toBeVisible();
  const other = await browser.newContext();
  const answer = await (await other.newPage()).goto(host.url);
  expect(answer?.status()).toBe(403);
  await other.close();
});

test('[UI81] calls ring in within seconds, and one that needs a person becomes a card with the reason in words', async () => {
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
  await openCall(page, 'Chiara Conti');
  await expect(page.getByRole('log')).toContainText('this is the AI assistant of Larkfield');
  await page.keyboard.press('1');
  await expect.poll(async () => (await probe(page)).framesPlayed, { timeout: 15_000 }).toBeGreaterThan(50);
  await expect.poll(async () => (await probe(page)).playerRms, { timeout: 30_000 }).toBeGreaterThan(0.01);
  expect(await devicesOpened()).toBe(0);
  await expect(page.getByText('Nobody hears you')).toBeVisible();
});

test('[UI84][UI85] takeover: the caller hears the person and not one AI frame after the fence; hand-back gives the call back', async () => {
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
  await page.keyboard.press('Escape');
  await callOf(host, 'Jonas Weber');
  await openCall(page, 'Jonas Weber');
  const veto = page.getByRole('button', { name: /^Veto/u });
  await veto.waitFor({ timeout: 60_000 });
  await page.keyboard.press('v');
  await expect(page.getByText('Vetoed before it was spoken').first()).toBeVisible();
});

test('[UI86] when the worker dies the screen stays and says so, and callers ring again', async () => {
  await page.keyboard.press('Escape');
  const { workerPid } = (await (await fetch(`${host.workerUrl}/api/test/pid`)).json()) as {
    workerPid: number;
  };
  process.kill(workerPid, 'SIGKILL');
  await expect(
    page
      .getByText(/worker/iu)
      .filter({ hasText: /started again|gone|stopped|lost/iu })
      .first(),
  ).toBeVisible({ timeout: 5000 });
  await expect(page.getByText('Connected')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('row').nth(1)).toBeVisible({ timeout: 20_000 });
});
