import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { AI_IDENTITY } from '#shared/domain/rooms.ts';
import type { ConsultationAnswer } from '#shared/protocol/room-token.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { joinAsEar, type HeardFrame, type RoomEar } from '#tests/fixtures/room-ear.ts';
import { callerSink, callOf, openCall, probe, startConsoleHost, type ConsoleHost } from './console-host.ts';
import { earsOf, type PageEars } from './page-ears.ts';
import { speakWithTone } from './page-voice.ts';
import { TONE_HZ, WHISPER_HZ } from './tone-file.ts';
import { startWorkerApart, type WorkerApart } from './worker-apart.ts';

test.describe.configure({ mode: 'serial', timeout: 180_000 });

/** Comes by the public page, and stays as long as they like. */
const VISITOR = 'Ada Visitor';
/** A scripted caller. */
const CALLER = 'Chiara Conti';
/** Strength of a tone that somebody says, at an ear; speech has far less of it at one pitch. */
const HEARD = 0.05;
const port = 20_000 + (process.pid % 20_000);

interface Desk {
  readonly host: ConsoleHost;
  readonly page: Page;
  readonly ears: PageEars;
  stop(): Promise<void>;
}

/** One person at a desk of their own, on a worker that others are on too. */
async function deskOf(
  browser: Browser,
  worker: WorkerApart,
  userId: string,
  hz: number,
  args: readonly string[],
): Promise<Desk> {
  const token = await worker.sessionFileOf(userId);
  const host = await startConsoleHost('--worker', worker.url, '--worker-token', token, ...args);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await speakWithTone(page, hz);
  const ears = await earsOf(page);
  await page.goto(`${host.url}&probe=1`);
  await expect(page.getByText('Connected')).toBeVisible({ timeout: 15_000 });
  return {
    host,
    page,
    ears,
    stop: async () => {
      await context.close();
      await host.stop();
    },
  };
}

/** What the two see and do is the same whichever way their audio goes. */
async function holderAndCoach(holder: Desk, coach: Desk, caller: string): Promise<void> {
  await openCall(holder.page, caller);
  await openCall(coach.page, caller);
  await holder.page.keyboard.press('4');
  await expect(holder.page.getByText('You are on the line')).toBeVisible({ timeout: 60_000 });
  await expect(coach.page.getByText('Arm your microphone first')).toBeVisible({ timeout: 60_000 });
  expect(await coach.ears.devicesOpened()).toBe(0);
  await coach.page.keyboard.press('k');
  await expect(coach.page.getByText('Only Morgan Reyes will hear you')).toBeVisible({ timeout: 60_000 });
}

const whisperWords = (holder: Desk, coach: Desk) => ({
  atHolder: holder.page.getByText('Jun Tanaka is coaching you; the caller cannot hear it'),
  atCoach: coach.page.getByText('Morgan Reyes hears you; the caller cannot'),
});

test.describe('in a room', () => {
  let livekit: Awaited<ReturnType<typeof livekitServer>>;
  let worker: WorkerApart;
  let [holder, coach]: Desk[] = [];
  let atCaller: RoomEar;
  const data = mkdtempSync(join(tmpdir(), 'sidetone-coach-'));

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(BUILD_LIMIT_MS);
    livekit = await livekitServer({ autoCreate: false });
    test.skip(!livekit.ok, livekit.ok ? '' : livekit.reason);
    if (!livekit.ok) return;
    const { url, apiKey, apiSecret } = livekit.server;
    worker = await startWorkerApart(data, port, {
      environment: { LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret },
      args: ['--livekit-url', url, '--calls-min', '1', '--calls-max', '2'],
    });
    const args = ['--livekit-url', url];
    holder = await deskOf(browser, worker, 'user-reyes', TONE_HZ, args);
    coach = await deskOf(browser, worker, 'user-tanaka', WHISPER_HZ, args);
    const answer = await fetch(`${worker.url}/api/livekit/consultation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'support', name: VISITOR }),
    });
    const { token } = (await answer.json()) as ConsultationAnswer;
    atCaller = await joinAsEar(url, token, WHISPER_HZ);
  });

  test.afterAll(async () => {
    await atCaller?.leave();
    await holder?.stop();
    await coach?.stop();
    await worker?.kill();
    if (livekit?.ok) await livekit.server.stop();
    rmSync(data, { recursive: true, force: true });
  });

  /** Frames of the whisper among all that the caller was told by anybody but the AI, since the beginning. */
  const leaked = (): readonly HeardFrame[] =>
    atCaller.heard().filter(({ identity, tone }) => identity !== AI_IDENTITY && tone > HEARD);
  const holderHears = async (hz: number): Promise<number> => (await holder!.ears.hear([hz]))[0] ?? 0;

  test('[LINK14][HEAR6][UI72] while Space is held the colleague hears the whisper, and the caller never does', async () => {
    if (!holder || !coach) throw new Error('nobody is there');
    await holderAndCoach(holder, coach, VISITOR);
    const words = whisperWords(holder, coach);
    for (let times = 0; times < 3; times += 1) {
      await coach.page.keyboard.down('Space');
      await expect(words.atHolder).toBeVisible({ timeout: 60_000 });
      await expect(words.atCoach).toBeVisible();
      await expect.poll(() => holderHears(WHISPER_HZ), { timeout: 20_000 }).toBeGreaterThan(HEARD);
      // Long enough that a leak would be heard.
      await holder.page.waitForTimeout(1500);
      await coach.page.keyboard.up('Space');
      await expect(words.atHolder).toBeHidden();
      await expect.poll(() => holderHears(WHISPER_HZ), { timeout: 20_000 }).toBeLessThan(HEARD / 4);
    }
    // The ear was awake all the while: it has heard the person who has the call.
    const told = atCaller.heard().filter(({ identity }) => identity.endsWith('-live'));
    expect(told.some(({ rms }) => rms > HEARD)).toBe(true);
    expect(leaked()).toEqual([]);
    expect(await coach.ears.devicesOpened()).toBe(1);
  });

  test('[UI72] a window that loses the focus whispers no more, though the key is still down', async () => {
    if (!holder || !coach) throw new Error('nobody is there');
    const { atHolder } = whisperWords(holder, coach);
    await coach.page.keyboard.down('Space');
    await expect.poll(() => holderHears(WHISPER_HZ), { timeout: 20_000 }).toBeGreaterThan(HEARD);
    await coach.page.evaluate(() => window.dispatchEvent(new Event('blur')));
    await expect(atHolder).toBeHidden();
    await expect.poll(() => holderHears(WHISPER_HZ), { timeout: 20_000 }).toBeLessThan(HEARD / 4);
    await coach.page.keyboard.up('Space');
    expect(leaked()).toEqual([]);
  });

  test('[SUP69][UI75] handing back ends a whisper that is under way, and takes the button away', async () => {
    if (!holder || !coach) throw new Error('nobody is there');
    const button = coach.page.getByRole('button', { name: /^Hold to whisper/u });
    await button.dispatchEvent('click', { detail: 0 });
    await expect.poll(() => holderHears(WHISPER_HZ), { timeout: 20_000 }).toBeGreaterThan(HEARD);
    await holder.page.keyboard.press('b');
    await expect(holder.page.getByText('You are on the line')).toBeHidden();
    await expect(button).toBeHidden();
    await expect.poll(() => holderHears(WHISPER_HZ), { timeout: 20_000 }).toBeLessThan(HEARD / 4);
    expect(leaked()).toEqual([]);
  });
});

test.describe('by frames', () => {
  test('[MED16][HEAR6] where the worker mixes, the colleague hears the whisper and the caller never does', async ({
    browser,
  }) => {
    const data = mkdtempSync(join(tmpdir(), 'sidetone-coach-'));
    const worker = await startWorkerApart(data, port + 1, { args: ['--calls-min', '1', '--calls-max', '2'] });
    // The person who has the call says nothing the caller could be told apart by: all that is tone is the whisper.
    const holder = await deskOf(browser, worker, 'user-reyes', 0, []);
    const coach = await deskOf(browser, worker, 'user-tanaka', TONE_HZ, []);
    try {
      const callId = await callOf({ workerUrl: worker.url }, CALLER);
      await holderAndCoach(holder, coach, CALLER);
      const { atHolder, atCoach } = whisperWords(holder, coach);
      const toneAtCaller = async (): Promise<number> =>
        (await callerSink({ workerUrl: worker.url }, callId)).toneLevel;
      await coach.page.keyboard.down('Space');
      await expect(atHolder).toBeVisible({ timeout: 60_000 });
      await expect(atCoach).toBeVisible();
      await expect
        .poll(async () => (await probe(holder.page)).playerRms, { timeout: 20_000 })
        .toBeGreaterThan(0.1);
      for (let times = 0; times < 10; times += 1) {
        expect(await toneAtCaller()).toBeLessThan(0.01);
        await holder.page.waitForTimeout(100);
      }
      await coach.page.keyboard.up('Space');
      await expect(atHolder).toBeHidden();
    } finally {
      await holder.stop();
      await coach.stop();
      await worker.kill();
      rmSync(data, { recursive: true, force: true });
    }
  });
});
