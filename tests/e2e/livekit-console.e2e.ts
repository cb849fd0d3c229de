import { expect, test, type Page } from '@playwright/test';
import { AI_IDENTITY, callerIdentity } from '#shared/domain/rooms.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { mintRoomToken } from '#worker/livekit/tokens/mint-room-token.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { joinAsEar, type HeardFrame, type RoomEar } from '#tests/fixtures/room-ear.ts';
import { callOf, openCall, startConsoleHostWith, type ConsoleHost } from './console-host.ts';
import { earsOf, type PageEars } from './page-ears.ts';
import { TONE_HZ } from './tone-file.ts';

test.describe.configure({ mode: 'serial', timeout: 180_000 });

const CALLER = 'Chiara Conti';
/** The tone of the fake microphone arrives at a third of full scale. */
const TONE_HEARD = 0.05;
const SOUNDS = 0.01;
/**
 * How far two voices that follow each other may seem to overlap beyond what waits in the ear's jitter buffer: a frame that is being
 * decoded, one that is being resampled and one that is being read. Source: docs/how-to/real-media.md.
 */
const READING_MS = 60;
const FRAME_MS = 20;

let livekit: Awaited<ReturnType<typeof livekitServer>>;
let host: ConsoleHost;
let page: Page;
let ears: PageEars;
let callId: CallId;
let atCaller: RoomEar;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(BUILD_LIMIT_MS);
  livekit = await livekitServer({ autoCreate: false });
  test.skip(!livekit.ok, livekit.ok ? '' : livekit.reason);
  if (!livekit.ok) return;
  const { url, apiKey, apiSecret } = livekit.server;
  host = await startConsoleHostWith({ LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret }, [
    ...['--livekit-url', url, '--seed', '7', '--calls-min', '2', '--calls-max', '3'],
  ]);
  page = await browser.newPage();
  ears = await earsOf(page);
  await page.goto(`${host.url}&probe=1`);
  callId = (await callOf(host, CALLER)) as CallId;
  const roomName = `demo_${callId}`;
  const guest = { role: 'caller', roomName, identity: 'ear', name: '' } as const;
  const { token } = await mintRoomToken(livekit.server, guest);
  atCaller = await joinAsEar(url, token, TONE_HZ);
});

test.afterAll(async () => {
  await atCaller?.leave();
  await page?.close();
  await host?.stop();
  if (livekit?.ok) await livekit.server.stop();
});

/** What the caller has been told since then: everybody in their room but themselves. */
const toldCaller = (sinceMono = 0): readonly HeardFrame[] =>
  atCaller.heard(sinceMono).filter(frame => frame.identity !== callerIdentity(callId));
const aiSounds = (frame: HeardFrame): boolean => frame.identity === AI_IDENTITY && frame.rms > SOUNDS;
const personSounds = (frame: HeardFrame): boolean =>
  frame.identity !== AI_IDENTITY && frame.tone > TONE_HEARD;

test('[LINK2] a call in a room is read and heard, caller and AI, and no device is opened', async () => {
  await openCall(page, CALLER);
  await page.keyboard.press('1');
  await expect.poll(() => ears.voicesHeard(), { timeout: 60_000 }).toBe(2);
  expect(await ears.devicesOpened()).toBe(0);
  await expect(page.getByText('Nobody hears you')).toBeVisible();
});

test('[LINK3] an armed microphone is open, and reaches nobody', async () => {
  await page.keyboard.press('k');
  await expect.poll(() => ears.devicesOpened(), { timeout: 20_000 }).toBe(1);
  await expect(page.getByRole('button', { name: /Disarm|Armed/u }).first()).toBeVisible();
  // Whatever is on the line now is the AI's and the caller's; the AI's next sentence shows that the ear is awake.
  const beforeMono = performance.now();
  await expect.poll(() => toldCaller(beforeMono).some(aiSounds), { timeout: 60_000 }).toBe(true);
  expect(toldCaller().some(personSounds)).toBe(false);
});

test('[LINK3][SUP60] taken over: the AI falls silent, and the caller hears the person alone', async () => {
  // In the middle of a sentence: there has to be something to silence.
  await expect
    .poll(() => toldCaller(performance.now() - 300).some(aiSounds), { timeout: 60_000, intervals: [50] })
    .toBe(true);
  const beforeMono = performance.now();
  const held = atCaller.heldMs();
  await page.keyboard.press('4');
  await expect(page.getByText('You are on the line')).toBeVisible();
  await expect(page.getByText('The caller hears you')).toBeVisible({ timeout: 20_000 });
  const told = (): readonly HeardFrame[] => toldCaller(beforeMono - 1000);
  const alone = (): number => told().slice(told().findLastIndex(aiSounds)).filter(personSounds).length;
  await expect.poll(alone, { timeout: 20_000 }).toBeGreaterThan(100);
  const first = told().findIndex(personSounds);
  expect(told().slice(0, first).some(aiSounds)).toBe(true);
  const overlapMs = told().slice(first).filter(aiSounds).length * FRAME_MS;
  expect(overlapMs).toBeLessThanOrEqual((await held) + READING_MS);
  expect(await ears.devicesOpened()).toBe(1);
});

test('[LINK4][SUP63] handed back: the person is silent, and the AI speaks again', async () => {
  const beforeMono = performance.now();
  const held = atCaller.heldMs();
  await page.keyboard.press('b');
  await expect(page.getByText('You are on the line')).toBeHidden();
  await expect(page.getByText('Nobody hears you')).toBeVisible();
  await expect.poll(() => toldCaller(beforeMono).some(aiSounds), { timeout: 60_000 }).toBe(true);
  const told = toldCaller(beforeMono);
  const late = told.slice(told.findIndex(aiSounds)).filter(personSounds);
  expect(late.length * FRAME_MS).toBeLessThanOrEqual((await held) + READING_MS);
});

test('[LINK2] the call that the person ends is over for everybody', async () => {
  await page.getByRole('button', { name: 'End call' }).click();
  await page.getByRole('button', { name: 'End call' }).last().click();
  await expect.poll(() => atCaller.others(), { timeout: 20_000 }).toEqual([]);
  expect((await callers()).map(({ callId: id }) => id)).not.toContain(callId);
});

test('[WID4][LINK2] a caller from the page is on the floor, and the AI answers them', async ({ browser }) => {
  await page.keyboard.press('Escape');
  const before = new Set((await callers()).map(({ callId: id }) => id));
  const phone = await browser.newPage();
  const phoneEars = await earsOf(phone);
  await phone.goto(`${host.workerUrl}/call`);
  await phone.getByRole('button', { name: 'Talk to Agent' }).click();
  await expect(phone.getByRole('heading', { name: 'You are in the call' })).toBeVisible({ timeout: 30_000 });
  await expect.poll(() => phoneEars.voicesHeard(), { timeout: 30_000 }).toBe(1);
  const call = (await callers()).find(({ callId: id }) => !before.has(id));
  const row = page.locator(`[data-call="${call?.callId ?? ''}"]`).first();
  await expect(row).toBeVisible();
  await phone.close();
});

interface RunningCall {
  readonly callId: string;
  readonly displayName: string;
}

async function callers(): Promise<readonly RunningCall[]> {
  return (await (await fetch(`${host.workerUrl}/api/test/callers`)).json()) as RunningCall[];
}
