import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import type { RoomGuest } from '#tests/fixtures/room-guest.ts';
import { startCallerWorker, TEXT_URL, type CallerWorker } from './caller-worker.ts';
import { earsOf } from './page-ears.ts';
import { TONE_HZ } from './tone-file.ts';

test.describe.configure({ timeout: 120_000 });

const AI_HZ = 700;
/** Guests speak at a quarter of full scale; a page's analyser spreads a tone over its window. */
const HEARD = 0.02;
const SILENT = 0.004;

const PHONE = { width: 360, height: 740 };

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.map(fault => `${fault.id}: ${fault.nodes[0]?.html ?? ''}`);
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name });
const fitsWidth = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
const talk = (page: Page) => page.getByRole('button', { name: 'Talk to Agent' }).click();

test.describe('without a server', () => {
  let worker: CallerWorker;
  test.beforeAll(async () => (worker = await startCallerWorker(null)));
  test.afterAll(() => worker.stop());

  test('[WID1][WID10] consent stands before the button, and there is another way to reach us', async ({
    page,
  }) => {
    await page.goto(`${worker.url}/call`);
    const button = page.getByRole('button', { name: 'Talk to Agent' });
    await expect(button).toHaveAccessibleDescription(/This call may be recorded/u);
    expect(await page.getByRole('radio').count()).toBe(4);
    await expect(page.getByRole('link', { name: 'Contact us in text' })).toHaveAttribute('href', TEXT_URL);
  });

  for (const colorScheme of ['light', 'dark'] as const)
    test(`[WID9] the page fits a phone and has no accessibility fault, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(PHONE);
      await page.goto(`${worker.url}/call`);
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      expect(await faults(page)).toEqual([]);
      expect(await fitsWidth(page)).toBe(true);
      await talk(page);
      await expect(heading(page, 'Nobody can take your call now')).toBeVisible();
      expect(await faults(page)).toEqual([]);
      expect(await fitsWidth(page)).toBe(true);
    });

  test('[WID3] a worker without rooms says that nobody is there, and the microphone is closed again', async ({
    page,
  }) => {
    await page.addInitScript(() => {
      const devices = navigator.mediaDevices;
      const open = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async constraints => {
        const media = await open(constraints);
        Object.assign(window, { __track: media.getAudioTracks()[0] });
        return media;
      };
    });
    await page.goto(`${worker.url}/call`);
    await talk(page);
    await expect(heading(page, 'Nobody can take your call now')).toBeFocused();
    expect(
      await page.evaluate(() => (window as unknown as { __track: MediaStreamTrack }).__track.readyState),
    ).toBe('ended');
    await page.getByRole('button', { name: 'Try again' }).press('Enter');
    await expect(page.getByRole('button', { name: 'Talk to Agent' })).toBeVisible();
  });

  for (const [refusal, title] of [
    ['NotAllowedError', 'We cannot hear you'],
    ['NotFoundError', 'No microphone found'],
  ] as const)
    test(`[WID3] ${refusal} is said in words`, async ({ page }) => {
      await page.addInitScript(name => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name));
      }, refusal);
      await page.goto(`${worker.url}/call`);
      await talk(page);
      await expect(heading(page, title)).toBeVisible();
    });

  test('[WID3] a worker that is gone is a missing connection', async ({ page }) => {
    await page.goto(`${worker.url}/call`);
    await page.route('**/api/livekit/consultation', route => route.abort());
    await talk(page);
    await expect(heading(page, 'No connection')).toBeVisible();
  });

  test('[WID2] the policy is closed, and nothing beside the page can be named', async ({ page }) => {
    const answer = await page.goto(`${worker.url}/call`);
    const csp = answer?.headers()['content-security-policy'] ?? '';
    expect(csp).toContain("default-src 'none'");
    expect(csp).toContain("connect-src 'self';");
    expect(csp).not.toContain('unsafe');
    for (const path of [
      '/call/../../package.json',
      '/call/%2e%2e/package.json',
      '/call/..%2f..%2fpackage.json',
    ])
      expect((await fetch(`${worker.url}${path}`)).status).toBe(404);
    const problems: string[] = [];
    page.on('console', message => message.type() === 'error' && problems.push(message.text()));
    await page.reload();
    await page.waitForLoadState('networkidle');
    expect(problems).toEqual([]);
  });
});

test('[WID11] a page under the public name may ask; one of another site may not', async () => {
  const worker = await startCallerWorker(null);
  const ask = async (host: string, origin: string): Promise<number> => {
    const { request } = await import('node:http');
    return new Promise((resolve, reject) => {
      const asked = request(
        `${worker.url}/api/livekit/consultation`,
        { method: 'POST', headers: { host, origin, 'content-type': 'application/json' } },
        response => resolve(response.statusCode ?? 0),
      );
      asked.on('error', reject).end('{"type":"support"}');
    });
  };
  // 503: asked, and told that there are no rooms here.
  expect(await ask('calls.example', 'https://calls.example')).toBe(503);
  expect(await ask('calls.example', 'https://elsewhere.example')).toBe(403);
  expect(await ask('elsewhere.example', 'https://elsewhere.example')).toBe(403);
  await worker.stop();
});

test.describe('on the real server', () => {
  let livekit: Awaited<ReturnType<typeof livekitServer>>;
  let worker: CallerWorker;
  test.beforeAll(async () => {
    test.setTimeout(BUILD_LIMIT_MS);
    livekit = await livekitServer({ autoCreate: false });
    test.skip(!livekit.ok, livekit.ok ? '' : livekit.reason);
    if (livekit.ok) worker = await startCallerWorker(livekit.server);
  });
  test.afterAll(async () => {
    await worker?.stop();
    if (livekit?.ok) await livekit.server.stop();
  });

  const hears = (ai: RoomGuest) =>
    expect.poll(async () => (await ai.hear([TONE_HZ]))[0] ?? 0, { timeout: 20_000 });

  test('[WID4][WID6][WID9][WID12] a whole call: both hear each other, mute, the end that asks', async ({
    page,
  }) => {
    const ears = await earsOf(page);
    await page.setViewportSize(PHONE);
    await page.goto(`${worker.url}/call`);
    await page.getByRole('radio', { name: /Claim/u }).check();
    await talk(page);
    await expect(heading(page, 'One moment')).toBeVisible({ timeout: 20_000 });
    expect(worker.rooms.at(-1)).toMatch(/^consultation_claims_/u);
    const ai = await worker.answer(AI_HZ);
    await expect(heading(page, 'You are in the call')).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText('Connected', { exact: true })).toBeVisible();
    await hears(ai).toBeGreaterThan(HEARD);
    await expect
      .poll(async () => (await ears.hear([AI_HZ]))[0] ?? 0, { timeout: 20_000 })
      .toBeGreaterThan(HEARD);
    expect(await faults(page)).toEqual([]);
    expect(await fitsWidth(page)).toBe(true);

    await page.getByRole('button', { name: 'Mute' }).press('Space');
    await expect(page.getByRole('button', { name: 'Unmute' })).toHaveAttribute('aria-pressed', 'true');
    await hears(ai).toBeLessThan(SILENT);
    await page.getByRole('button', { name: 'Unmute' }).press('Space');
    await hears(ai).toBeGreaterThan(HEARD);
    expect(await ears.devicesOpened()).toBe(1);

    await page.getByRole('button', { name: 'End call' }).press('Enter');
    await expect(page.getByRole('dialog', { name: 'End this call?' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Keep talking' })).toBeFocused();
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await hears(ai).toBeGreaterThan(HEARD);
    await page.getByRole('button', { name: 'End call' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End call' }).click();
    await expect(heading(page, 'You have ended the call')).toBeFocused();
    await expect.poll(() => ai.room.remoteParticipants.size).toBe(0);
    await ai.leave();
  });

  test('[WID4][WID12] a room that we close is the end of the call', async ({ page }) => {
    await page.goto(`${worker.url}/call`);
    await talk(page);
    await expect(heading(page, 'One moment')).toBeVisible({ timeout: 20_000 });
    await worker.deleteRoom();
    await expect(heading(page, 'The call has ended')).toBeVisible();
  });

  test('[WID5][WID12] a server that is gone: reconnecting, lost after five tries, and Reconnect when it is back', async ({
    page,
  }) => {
    if (!livekit.ok) return;
    await page.goto(`${worker.url}/call`);
    await talk(page);
    await expect(heading(page, 'One moment')).toBeVisible({ timeout: 20_000 });
    const { apiKey, apiSecret, url } = livekit.server;
    await livekit.server.kill();
    await expect(page.getByText('Reconnecting', { exact: true })).toBeVisible({ timeout: 20_000 });
    await expect(heading(page, 'The connection is lost')).toBeFocused({ timeout: 60_000 });
    await expect(page.getByText('Connection lost', { exact: true })).toBeVisible();
    livekit = await livekitServer({ apiKey, apiSecret, port: Number(new URL(url).port), autoCreate: true });
    await page.getByRole('button', { name: 'Reconnect' }).click();
    await expect(heading(page, 'One moment')).toBeVisible({ timeout: 20_000 });
    const ai = await worker.answer(AI_HZ);
    await hears(ai).toBeGreaterThan(HEARD);
    await ai.leave();
  });
});
