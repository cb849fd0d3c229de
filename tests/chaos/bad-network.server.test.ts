import { afterEach, expect, test, vi } from 'vitest';
import { buildServer } from '#infra/livekit/build-servers.ts';
import type { RoomPerson } from '#tests/fixtures/livekit/room-person.ts';
import { HEARD_LEVEL, PATIENCE, toneLevelIn, untilHeard } from '#tests/fixtures/livekit/tones.ts';
import { openBadNetwork, type BadNetwork } from './bad-network.ts';
import { CUT, PERFECT } from './network-plan.ts';

const ANNA_HZ = 440;
const BEN_HZ = 880;
const LIMIT = { timeout: 180_000 };

let network: BadNetwork | null = null;
afterEach(async () => {
  await network?.close();
  network = null;
});

/** Anna and Ben in one room, each sounding a tone, and each hearing the other. */
async function twoPeople(file: string) {
  network = await openBadNetwork(file, 11);
  const anna = await network.join('anna');
  const ben = await network.join('ben');
  await anna.speak(ANNA_HZ);
  await ben.speak(BEN_HZ);
  const hear = { ben: () => anna.heard('ben'), anna: () => ben.heard('anna') };
  const bothHear = async (): Promise<void> => {
    await untilHeard(hear.ben, BEN_HZ);
    await untilHeard(hear.anna, ANNA_HZ);
  };
  await bothHear();
  return { anna, ben, network, relay: network.relay, bothHear };
}

/** Waits until this much of somebody has been heard anew. */
async function moreFrames(person: RoomPerson, of: string, frames: number): Promise<readonly Int16Array[]> {
  person.forget();
  await vi.waitFor(() => expect(person.heard(of).length).toBeGreaterThanOrEqual(frames), PATIENCE);
  return person.heard(of).slice(0, frames);
}

/** Waits until 300 ms bring no more of their tone; frames may stop or be silent. */
async function nothingNew(person: RoomPerson, of: string, hz: number): Promise<void> {
  do {
    person.forget();
    await new Promise(resolve => setTimeout(resolve, 300));
  } while (toneLevelIn(person.heard(of), hz) > HEARD_LEVEL / 10);
}

test(
  '[CHA2][CHA4] all media goes through the relay: cut it and nobody hears anybody, open it and they do',
  LIMIT,
  async context => {
    const built = buildServer('server');
    if (!built.ok) return context.skip(built.reason);
    const { relay, anna, bothHear } = await twoPeople(built.file);
    const { arrived, passed } = relay.counts();
    expect(arrived).toBeGreaterThan(50);
    expect(passed).toBe(arrived);
    relay.set(CUT);
    // What was under way is heard out, then nothing of the tone is left.
    await vi.waitFor(() => {
      const level = toneLevelIn(anna.heard('ben').slice(-10), BEN_HZ);
      expect(level).toBeLessThan(HEARD_LEVEL / 10);
    }, PATIENCE);
    relay.set(PERFECT);
    await bothHear();
  },
);

test('[CHA5] through 5 % loss, 50 ms delay and 20 ms jitter both stay audible', LIMIT, async context => {
  const built = buildServer('server');
  if (!built.ok) return context.skip(built.reason);
  const { relay, anna, ben } = await twoPeople(built.file);
  relay.set({ lossRatio: 0.05, lossRunPackets: 1.5, delayMs: 50, jitterMs: 20, reorderRatio: 0.01 });
  const before = relay.counts();
  // One second at a time: the first holds the step in the delay, which is concealed.
  await moreFrames(anna, 'ben', 45);
  for (let second = 0; second < 3; second += 1) {
    for (const [person, of, hz] of [
      [anna, 'ben', BEN_HZ],
      [ben, 'anna', ANNA_HZ],
    ] as const) {
      const frames = await moreFrames(person, of, 45);
      const audible = frames.filter(frame => toneLevelIn([frame], hz) > HEARD_LEVEL).length;
      expect(audible / frames.length).toBeGreaterThan(0.9);
    }
  }
  const after = relay.counts();
  expect(after.passed - before.passed).toBeLessThan(after.arrived - before.arrived);
});

test(
  '[CHA6] after 3 s in which nothing passes they hear each other again by themselves',
  LIMIT,
  async context => {
    const built = buildServer('server');
    if (!built.ok) return context.skip(built.reason);
    const { relay, anna, ben, bothHear } = await twoPeople(built.file);
    relay.set(CUT);
    await new Promise(resolve => setTimeout(resolve, 3000));
    expect(toneLevelIn(anna.heard('ben').slice(-10), BEN_HZ)).toBeLessThan(HEARD_LEVEL / 10);
    expect(toneLevelIn(ben.heard('anna').slice(-10), ANNA_HZ)).toBeLessThan(HEARD_LEVEL / 10);
    relay.set(PERFECT);
    await bothHear();
    expect([anna.room.isConnected, ben.room.isConnected]).toEqual([true, true]);
  },
);

test(
  '[CHA7] the media server is killed and started again: they hear each other by themselves',
  LIMIT,
  async context => {
    const built = buildServer('server');
    if (!built.ok) return context.skip(built.reason);
    const { anna, ben, network: here, bothHear } = await twoPeople(built.file);
    const firstPid = here.server().pid;
    await here.killServer();
    await nothingNew(anna, 'ben', BEN_HZ);
    await nothingNew(ben, 'anna', ANNA_HZ);
    await here.startServer();
    expect(here.server().pid).not.toBe(firstPid);
    anna.forget();
    ben.forget();
    await bothHear();
  },
);
