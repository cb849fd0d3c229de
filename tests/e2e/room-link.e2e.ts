import { expect, test, type Page } from '@playwright/test';
import { RoomServiceClient } from 'livekit-server-sdk';
import { consoleCsp } from '#electron/ipc/console-csp.ts';
import { liveIdentity, monitorIdentity } from '#shared/domain/rooms.ts';
import type { UserId } from '#shared/domain/ids.ts';
import { apiUrl } from '#worker/livekit/livekit-access.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { joinRoom, type RoomGuest } from '#tests/fixtures/room-guest.ts';
import { earsOf, type PageEars } from './page-ears.ts';
import { entryFor, letListenersHear, newRoomName, serveRoomPage, type ServedPage } from './room-bench.ts';
import { TONE_HZ } from './tone-file.ts';

test.describe.configure({ timeout: 120_000 });

const CALLER_HZ = 440;
const AI_HZ = 700;
/** Guests speak at a quarter of full scale; a page's analyser spreads a tone over its window. */
const HEARD = 0.02;
const SILENT = 0.004;
const ME = 'user-maya' as UserId;

let livekit: Awaited<ReturnType<typeof livekitServer>>;
let served: ServedPage;
let csp = '';

test.beforeAll(async () => {
  test.setTimeout(BUILD_LIMIT_MS);
  livekit = await livekitServer();
  test.skip(!livekit.ok, livekit.ok ? '' : livekit.reason);
  served = await serveRoomPage(() => csp);
});

test.afterAll(async () => {
  await served?.stop();
  if (livekit?.ok) await livekit.server.stop();
});

/** The real server; tests that come here are skipped without one. */
function server() {
  if (!livekit.ok) throw new Error(livekit.reason);
  return livekit.server;
}

interface Scene {
  readonly page: Page;
  readonly ears: PageEars;
  readonly caller: RoomGuest;
  readonly roomName: string;
  /** What the worker answers when it is asked for a room again. */
  answer: () => Promise<unknown>;
  monitor(): Promise<void>;
  arm(): Promise<string | null>;
  end(): Promise<void>;
}

/** A running call: caller and AI in a room with a tone each, and a page that may join it. */
async function callWith(page: Page): Promise<Scene> {
  csp = consoleCsp(server().url);
  const roomName = newRoomName();
  const ears = await earsOf(page);
  const guest = async (role: 'caller' | 'ai', identity: string): Promise<RoomGuest> => {
    const { url, token } = await entryFor(server(), role, roomName, identity);
    return joinRoom(url, token);
  };
  const caller = await guest('caller', 'caller-1');
  const ai = await guest('ai', 'ai');
  await caller.speak(CALLER_HZ);
  await ai.speak(AI_HZ);
  const stopLooking = letListenersHear(server(), roomName);
  const monitorEntry = () => entryFor(server(), 'monitor', roomName, monitorIdentity(ME));
  const scene: Scene = {
    page,
    ears,
    caller,
    roomName,
    answer: monitorEntry,
    monitor: async () => {
      const entry = await monitorEntry();
      await page.evaluate(given => window.roomBench.listen(given), entry);
    },
    arm: async () => {
      const entry = await entryFor(server(), 'live', roomName, liveIdentity(ME));
      return page.evaluate(given => window.roomBench.open(given), entry);
    },
    end: async () => {
      stopLooking();
      await page.close();
      await caller.leave();
      await ai.leave();
    },
  };
  await page.exposeFunction('askForEntry', () => scene.answer());
  await page.goto(served.url);
  return scene;
}

const pageHears = (scene: Scene, hz: number) =>
  expect.poll(async () => (await scene.ears.hear([hz]))[0] ?? 0, { timeout: 20_000 });
const callerHears = (scene: Scene, hz: number) =>
  expect.poll(async () => (await scene.caller.hear([hz]))[0] ?? 0, { timeout: 20_000 });
const said = (page: Page, what: 'hearing' | 'speaking') =>
  page.evaluate(name => window.roomBench.said[name], what);

test('[LINK2] a listener hears caller and AI, opens no device, publishes nothing and is seen by nobody', async ({
  page,
}) => {
  const scene = await callWith(page);
  await scene.monitor();
  await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
  await pageHears(scene, AI_HZ).toBeGreaterThan(HEARD);
  expect(await scene.ears.devicesOpened()).toBe(0);
  const published = await page.evaluate(() =>
    [...window.roomBench.rooms].map(room => room.localParticipant.trackPublications.size),
  );
  expect(published).toEqual([0]);
  expect([...scene.caller.room.remoteParticipants.keys()]).toEqual(['ai']);
  await page.evaluate(() => window.roomBench.link.setQuiet(true));
  await pageHears(scene, CALLER_HZ).toBeLessThan(SILENT);
  await page.evaluate(() => window.roomBench.link.setQuiet(false));
  await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
  await scene.end();
});

test('[LINK3][LINK4] the caller hears the person only while they speak; the device stays one, and they never hear themselves', async ({
  page,
}) => {
  const scene = await callWith(page);
  await scene.monitor();
  expect(await scene.arm()).toBeNull();
  await expect
    .poll(() => scene.caller.room.remoteParticipants.get(liveIdentity(ME))?.trackPublications.size)
    .toBe(1);
  const [publication] =
    scene.caller.room.remoteParticipants.get(liveIdentity(ME))?.trackPublications.values() ?? [];
  expect(publication?.muted).toBe(true);
  expect((await scene.caller.hear([TONE_HZ], 1000))[0]).toBeLessThan(SILENT);
  expect(await page.evaluate(() => window.roomBench.link.level())).toBeGreaterThan(0.1);

  await page.evaluate(() => window.roomBench.link.sendTo('call-1' as never));
  await callerHears(scene, TONE_HZ).toBeGreaterThan(HEARD);
  await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
  expect((await scene.ears.hear([TONE_HZ]))[0]).toBeLessThan(SILENT);

  await page.evaluate(() => window.roomBench.link.setMuted(true));
  await callerHears(scene, TONE_HZ).toBeLessThan(SILENT);
  await page.evaluate(() => window.roomBench.link.setMuted(false));
  await callerHears(scene, TONE_HZ).toBeGreaterThan(HEARD);
  await page.evaluate(() => window.roomBench.link.stopSending());
  await callerHears(scene, TONE_HZ).toBeLessThan(SILENT);
  expect(await scene.ears.devicesOpened()).toBe(1);

  await page.evaluate(() => window.roomBench.link.closeMicrophone());
  await expect.poll(() => [...scene.caller.room.remoteParticipants.keys()]).toEqual(['ai']);
  await scene.end();
});

test('[LINK4] nobody but this page opens its microphone, and a mute by the server is shown', async ({
  page,
}) => {
  const scene = await callWith(page);
  await scene.arm();
  const service = new RoomServiceClient(apiUrl(server()), server().apiKey, server().apiSecret);
  const identity = liveIdentity(ME);
  const trackSid = async () =>
    (await service.getParticipant(scene.roomName, identity)).tracks.map(track => track.sid)[0] ?? '';
  await service.mutePublishedTrack(scene.roomName, identity, await trackSid(), false);
  // What the page does about it comes back to the server: only then is there something to measure.
  await expect
    .poll(async () => (await service.getParticipant(scene.roomName, identity)).tracks[0]?.muted)
    .toBe(true);
  expect((await scene.caller.hear([TONE_HZ], 1000))[0]).toBeLessThan(SILENT);
  await page.evaluate(() => window.roomBench.link.sendTo('call-1' as never));
  await callerHears(scene, TONE_HZ).toBeGreaterThan(HEARD);
  await service.mutePublishedTrack(scene.roomName, identity, await trackSid(), true);
  await expect.poll(() => page.evaluate(() => window.roomBench.state().muted)).toBe(true);
  await callerHears(scene, TONE_HZ).toBeLessThan(SILENT);
  await page.evaluate(() => window.roomBench.link.setMuted(false));
  await callerHears(scene, TONE_HZ).toBeGreaterThan(HEARD);
  await scene.end();
});

for (const scenario of [
  'full-reconnect',
  'resume-reconnect',
  'leave-full-reconnect',
  'disconnect-signal-on-resume',
] as const)
  test(`[LINK7] after ${scenario} both ways work as they were meant`, async ({ page }) => {
    const scene = await callWith(page);
    await scene.monitor();
    await scene.arm();
    await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
    await page.evaluate(async name => {
      for (const room of window.roomBench.rooms) await room.simulateScenario(name);
    }, scenario);
    if (scenario === 'full-reconnect')
      await expect.poll(() => said(page, 'hearing'), { timeout: 20_000 }).toContain('reconnecting');
    await expect
      .poll(() => page.evaluate(() => [...window.roomBench.rooms].map(room => room.state)), {
        timeout: 30_000,
      })
      .toEqual(['connected', 'connected']);
    await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
    await pageHears(scene, AI_HZ).toBeGreaterThan(HEARD);
    expect(await page.evaluate(() => window.roomBench.state().hearing.name)).toBe('on');
    expect((await scene.caller.hear([TONE_HZ], 1000))[0]).toBeLessThan(SILENT);
    await page.evaluate(() => window.roomBench.link.sendTo('call-1' as never));
    await callerHears(scene, TONE_HZ).toBeGreaterThan(HEARD);
    await scene.end();
  });

test('[LINK7][LINK8] a server that sends everybody away is a loss, and the button brings the call back', async ({
  page,
}) => {
  const scene = await callWith(page);
  await scene.monitor();
  await scene.arm();
  await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
  await page.evaluate(async () => {
    for (const room of window.roomBench.rooms) await room.simulateScenario('server-leave');
  });
  await expect.poll(() => page.evaluate(() => window.roomBench.state().hearing.name)).toBe('lost');
  await expect.poll(() => page.evaluate(() => window.roomBench.state().device.name)).toBe('failed');
  await page.evaluate(() => window.roomBench.link.reconnect());
  await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
  await scene.end();
});

test('[LINK11] a listener who was put out waits, asks, and hears again', async ({ page }) => {
  const scene = await callWith(page);
  await scene.monitor();
  await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
  const back = scene.answer;
  let asked = 0;
  scene.answer = async () => {
    asked += 1;
    return { code: 'media.refused' };
  };
  const service = new RoomServiceClient(apiUrl(server()), server().apiKey, server().apiSecret);
  await service.removeParticipant(scene.roomName, monitorIdentity(ME));
  await expect.poll(() => page.evaluate(() => window.roomBench.state().hearing.name)).toBe('waiting');
  await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(1);
  expect((await scene.ears.hear([CALLER_HZ]))[0]).toBeLessThan(SILENT);
  scene.answer = back;
  await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
  await service.deleteRoom(scene.roomName);
  await expect.poll(() => page.evaluate(() => window.roomBench.state().listeningTo)).toBeNull();
  await scene.end();
});

test('[LINK13] without the server in its policy a page reaches it not at all; with it, that server and no other', async ({
  page,
}) => {
  const scene = await callWith(page);
  csp = consoleCsp(null);
  await page.reload();
  await scene.monitor();
  expect(await page.evaluate(() => window.roomBench.state().hearing)).toMatchObject({
    name: 'lost',
    error: { code: 'media.unreachable' },
  });
  csp = consoleCsp(server().url);
  await page.reload();
  await scene.monitor();
  await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
  const refused = await page.evaluate(
    () =>
      new Promise<string>(resolve => {
        document.addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective));
        new WebSocket('ws://127.0.0.1:9');
      }),
  );
  expect(refused).toBe('connect-src');
  await scene.end();
});

test('[LINK7] a server that is gone is tried five times, then the loss is said; the button brings the call back', async ({
  page,
}) => {
  const scene = await callWith(page);
  await scene.monitor();
  await scene.arm();
  await page.evaluate(() => window.roomBench.link.sendTo('call-1' as never));
  await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
  const { apiKey, apiSecret, url } = server();
  await server().kill();
  await expect
    .poll(() => page.evaluate(() => window.roomBench.state().hearing.name), { timeout: 60_000 })
    .toBe('lost');
  expect(await said(page, 'hearing')).toEqual(['joining', 'on', 'reconnecting', 'lost']);
  // A voice that is lost for good is a closed device.
  await expect
    .poll(() => page.evaluate(() => window.roomBench.state().device), { timeout: 60_000 })
    .toMatchObject({ name: 'failed', error: { code: 'media.lost' } });
  livekit = await livekitServer({ apiKey, apiSecret, port: Number(new URL(url).port) });
  const late = await entryFor(server(), 'caller', scene.roomName, 'caller-2');
  const again = await joinRoom(late.url, late.token);
  await again.speak(CALLER_HZ);
  await page.evaluate(() => window.roomBench.link.reconnect());
  await pageHears(scene, CALLER_HZ).toBeGreaterThan(HEARD);
  await again.leave();
  await scene.end();
});
