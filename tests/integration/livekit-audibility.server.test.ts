import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AI_IDENTITY, liveIdentity, monitorIdentity } from '#shared/domain/rooms.ts';
import { LEASE_TTL_MS } from '#worker/supervision/call-supervision.ts';
import { BUILD_LIMIT_MS, livekitServer } from '#tests/fixtures/livekit-bench.ts';
import { ann, audibilityBench, bob, type LineKind, type Sabotage } from './audibility-bench.ts';

const LIMIT_MS = 180_000;
type Bench = Awaited<ReturnType<typeof audibilityBench>>;

const takeOver = (bench: Bench) =>
  bench.step(ann, { type: 'take-over', userId: ann, nowMono: performance.now() });

describe('who hears whom in a real room', () => {
  let livekit: Awaited<ReturnType<typeof livekitServer>>;
  const cleanUp: (() => Promise<void>)[] = [];
  beforeAll(async () => (livekit = await livekitServer()), BUILD_LIMIT_MS);
  beforeEach(context => {
    if (!livekit.ok) context.skip(livekit.reason);
  });
  afterEach(async () => {
    for (const task of cleanUp.splice(0).reverse()) await task();
  });
  afterAll(async () => {
    if (livekit.ok) await livekit.server.stop();
  });
  const open = async (sabotage?: Sabotage, kind?: LineKind): Promise<Bench> => {
    if (!livekit.ok) throw new Error(livekit.reason);
    const bench = await audibilityBench(livekit.server, sabotage, kind);
    cleanUp.push(() => bench.stop());
    return bench;
  };

  const keepBeating = (b: Bench): void => {
    const beating = setInterval(() => b.supervision.beat(ann), 300);
    cleanUp.push(() => Promise.resolve(clearInterval(beating)));
  };

  test(
    '[SUP60][SUP63][SUP64][SUP66][HEAR6] every ear hears exactly whom the matrix names, in every mode',
    { timeout: LIMIT_MS },
    async () => {
      const b = await open();
      keepBeating(b);
      await b.listenAs(bob, 'monitor');
      await b.listenAs(ann, 'monitor');
      await b.expectMatrix('nobody listens, whatever tokens they hold');
      await b.step(bob, { type: 'listen', userId: bob });
      await b.expectMatrix('bob listens');
      const microphone = await b.microphoneOf(ann);
      await b.step(ann, { type: 'arm', userId: ann, armed: true });
      await b.expectMatrix('ann is armed');
      await b.step(ann, { type: 'barge', userId: ann, nowMono: performance.now() });
      microphone.mute(false);
      await b.expectMatrix('ann barges');
      await b.step(ann, { type: 'step-down', userId: ann });
      await b.expectMatrix('ann has stepped down and left her microphone open');
      microphone.mute(true);
      await takeOver(b);
      microphone.mute(false);
      await b.expectMatrix('ann has the call');
      await b.step(bob, { type: 'arm', userId: bob, armed: true });
      await b.step(bob, { type: 'coach', userId: bob, on: true });
      await b.listenAs(ann, 'coach');
      const coach = await b.enter('coach', `sup-${bob}-coach`, `coach-${b.callId}`);
      cleanUp.push(() => coach.leave());
      const whisper = await coach.speak(1790);
      await b.expectMatrix('bob whispers to ann');
      await b.setHush('listeners');
      await b.expectMatrix('a hush, ann has the call');
      await b.setHush('everybody');
      await b.expectMatrix('a hush for everybody');
      await b.setHush(null);
      // The server took the whisper off; it never opens a microphone, its owner does.
      whisper.mute(false);
      await b.expectMatrix('after the hush');
      await b.step(ann, { type: 'hand-back', userId: ann });
      await b.expectMatrix('ann has handed back and left her microphone open');
      expect(b.errors).toEqual([]);
      expect(b.strays).toEqual([]);
    },
  );

  test(
    '[HEAR8][SUP77][SIP40] on hold the caller hears the tone alone, and whoever barges or takes over instead of it, whoever began the hold',
    { timeout: LIMIT_MS },
    async () => {
      const b = await open();
      keepBeating(b);
      await b.listenAs(bob, 'monitor');
      await b.listenAs(ann, 'monitor');
      await b.step(bob, { type: 'listen', userId: bob });
      const microphone = await b.microphoneOf(ann);
      await b.step(ann, { type: 'arm', userId: ann, armed: true });
      const barge = () => b.step(ann, { type: 'barge', userId: ann, nowMono: performance.now() });
      const stepDown = () => b.step(ann, { type: 'step-down', userId: ann });

      await b.setHold(true);
      await b.expectMatrix('the phone side has the caller on hold');
      await barge();
      microphone.mute(false);
      await b.expectMatrix('ann barges into the hold');
      await stepDown();
      await b.expectMatrix('on hold again, and ann has left her microphone open');
      microphone.mute(true);
      await takeOver(b);
      microphone.mute(false);
      await b.expectMatrix('ann takes over a caller on hold');
      await b.setHold(false);
      await b.expectMatrix('the hold ends while ann has the call');
      await b.setHold(true);
      await b.expectMatrix('ann transfers the caller and still has the call');
      await b.step(ann, { type: 'hand-back', userId: ann });
      await b.expectMatrix('ann hands back a caller on hold and has left her microphone open');
      microphone.mute(true);
      await b.setHold(false);
      await b.expectMatrix('the AI has the caller again');

      await b.step(ann, { type: 'arm', userId: ann, armed: true });
      await barge();
      microphone.mute(false);
      await b.setHold(true);
      await b.expectMatrix('a hold begins while ann barges');
      await stepDown();
      await b.expectMatrix('ann steps down to the hold');
      microphone.mute(true);
      await b.setHold(false);
      await b.expectMatrix('the AI has the caller to itself');
      expect(b.errors).toEqual([]);
    },
  );

  test(
    '[HEAR8] the measurement notices an AI that plays on under a hold',
    { timeout: LIMIT_MS },
    async () => {
      const b = await open(undefined, 'leaks');
      await b.expectMatrix('the AI has the caller');
      await expect(b.setHold(true).then(() => b.expectMatrix('the caller is on hold'))).rejects.toThrow(
        'hold',
      );
    },
  );

  test(
    '[SUP65] a desk that falls silent loses the line within three seconds, and the AI is heard again',
    { timeout: LIMIT_MS },
    async () => {
      const b = await open();
      const microphone = await b.microphoneOf(ann);
      await b.step(ann, { type: 'arm', userId: ann, armed: true });
      await takeOver(b);
      microphone.mute(false);
      // No beat arrives from here on.
      await expect.poll(() => b.supervision.state.holder, { timeout: LEASE_TTL_MS * 5 }).toBeNull();
      await b.expectMatrix('the lease is lost');
      expect(b.events.filter(event => event.type === 'takeover.ended')).toMatchObject([
        { cause: 'lease-lost' },
      ]);
    },
  );

  test(
    '[SUP61][SUP62] a microphone that is opened without the right is muted at once, and its owner put out the second time',
    { timeout: LIMIT_MS },
    async () => {
      const b = await open();
      const microphone = await b.microphoneOf(bob);
      await b.step(bob, { type: 'arm', userId: bob, armed: true });
      await b.setHush(null);
      microphone.mute(false);
      await expect.poll(() => b.strays, { timeout: 90_000 }).toEqual([`${liveIdentity(bob)} muted`]);
      await b.expectMatrix('bob opened his microphone without a word');
      microphone.mute(true);
      microphone.mute(false);
      await expect
        .poll(() => b.strays, { timeout: 90_000 })
        .toEqual([`${liveIdentity(bob)} muted`, `${liveIdentity(bob)} removed`]);
      await expect
        .poll(async () => (await b.real.people(b.roomName)).map(one => one.identity), { timeout: 90_000 })
        .not.toContain(liveIdentity(bob));
      await b.expectMatrix('bob has been put out');
    },
  );

  test(
    '[SUP60] a takeover is live only after the server has silenced the AI, and the AI keeps its right to publish',
    { timeout: LIMIT_MS },
    async () => {
      let acked = false;
      const b = await open(people => ({
        muteAudio: async (room, identity, sid, muted) => {
          await people.muteAudio(room, identity, sid, muted);
          acked ||= identity === AI_IDENTITY && muted;
          if (identity === AI_IDENTITY && muted)
            expect(b.events.map(event => event.type)).not.toContain('takeover.live');
        },
      }));
      keepBeating(b);
      await takeOver(b);
      expect(acked).toBe(true);
      expect(b.events.at(-1)?.type).toBe('takeover.live');
      await expect.poll(() => b.measure(), { timeout: 90_000 }).not.toContain('ai > caller');
      const [ai] = (await b.real.people(b.roomName)).filter(one => one.identity === AI_IDENTITY);
      expect(ai?.audio).toMatchObject([{ muted: true }]);
    },
  );

  test(
    '[SUP67] when the call ends everybody of ours is put out of its room',
    { timeout: LIMIT_MS },
    async () => {
      const b = await open();
      await b.listenAs(bob, 'monitor');
      await b.microphoneOf(ann);
      const present = async () => (await b.real.people(b.roomName)).map(one => one.identity);
      expect(await present()).toEqual(expect.arrayContaining([monitorIdentity(bob), liveIdentity(ann)]));
      b.plane.remove(b.callId);
      await expect
        .poll(async () => (await present()).filter(identity => identity.startsWith('sup-')), {
          timeout: 90_000,
        })
        .toEqual([]);
    },
  );

  test.each<{ readonly name: string; readonly sabotage: Sabotage }>([
    { name: 'does not mute', sabotage: () => ({ muteAudio: () => Promise.resolve() }) },
    {
      name: 'lets everybody hear',
      sabotage: people => ({ letHear: (room, who) => people.letHear(room, who, true) }),
    },
    { name: 'lets nobody hear', sabotage: () => ({ letHear: () => Promise.resolve() }) },
  ])(
    '[SUP60][SUP64] the measurement notices a plane that $name',
    { timeout: LIMIT_MS },
    async ({ sabotage }) => {
      const b = await open(sabotage);
      await b.listenAs(bob, 'monitor');
      await b.step(bob, { type: 'listen', userId: bob });
      const modes = async (): Promise<void> => {
        await b.expectMatrix('bob listens');
        await takeOver(b);
        await b.expectMatrix('ann has the call');
        await b.setHush('listeners');
        await b.expectMatrix('a hush');
      };
      keepBeating(b);
      await expect(modes()).rejects.toThrow();
    },
  );
});
