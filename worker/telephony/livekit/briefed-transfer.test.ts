import { describe, expect, test } from 'vitest';
import type { CallAudio, TelephonyEvent, TransferBriefing } from '#shared/adapters/telephony-adapter.ts';
import type { BriefingOutcome } from '#shared/domain/briefing.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { fakeWorkerRoom, type FakeWorkerRoom } from '#tests/fakes/fake-worker-room.ts';
import { startLivekitRig } from '#tests/fakes/livekit-rig.ts';
import { sipFailure } from '#tests/fakes/scripted-sip-api.ts';
import { settle } from '#tests/fakes/virtual-clock.ts';
import { briefedTransfer } from './briefed-transfer.ts';
import { holdFrame } from './hold-tone.ts';
import { transferByTarget } from './transfer-strategy.ts';

const INTRODUCTION = new Int16Array(320).fill(33);
const BRIEF_ROOM = 'brief-phone';
const COLLEAGUE = 'sip_to_4930';

const pause = (frames = 1): Int16Array => new Int16Array(320 * frames).fill(9);

function briefingOf(clips: readonly Int16Array[]) {
  const outcomes: BriefingOutcome[] = [];
  let given = 0;
  const briefing: TransferBriefing = {
    async *clips(signal) {
      for (const clip of clips) {
        await Promise.resolve();
        if (signal.aborted) return;
        given += 1;
        yield clip;
      }
    },
    ended: outcome => void outcomes.push(outcome),
  };
  return { briefing, outcomes, given: () => given };
}

async function bench(how: { readonly opens?: boolean } = {}) {
  const closed: string[] = [];
  const brief = fakeWorkerRoom(BRIEF_ROOM);
  const rig = startLivekitRig({
    transferBy: ({ sip, clock }) =>
      briefedTransfer({
        clock,
        api: sip.api,
        trunkId: 'ST_1',
        ringingS: 25,
        decisionMs: 45_000,
        introduction: INTRODUCTION,
        openRoom: () =>
          how.opens === false ? Promise.reject(new Error('no server')) : Promise.resolve(brief),
        closeRoom: roomName => {
          closed.push(roomName);
          for (const { identity } of brief.members()) brief.goAway(identity, 5);
          return Promise.resolve();
        },
        onError: () => undefined,
      }),
  });
  rig.dispatch('phone');
  await settle();
  const room = rig.rooms.get('phone');
  if (!room) throw new Error('no room');
  room.join({ identity: 'sip_+49170', kind: 'sip', attributes: { 'sip.callStatus': 'active' } });
  await settle();
  const callId = 'sip-1' as CallId;
  const audio = await rig.adapter.answer(callId);
  return { ...rig, brief, room, callId, audio, closed };
}
type Bench = Awaited<ReturnType<typeof bench>>;

/** The colleague has picked up and hears what they are told. */
async function briefed(b: Bench, clips: readonly Int16Array[] = [pause(), pause()]) {
  const told = briefingOf(clips);
  const transfer = b.adapter.transfer(b.callId, '+4930', told.briefing);
  // Whoever does not look at a refusal must not fail the test by it.
  transfer.catch(() => undefined);
  await settle();
  b.brief.join({ identity: COLLEAGUE, kind: 'sip' });
  b.sip.dials[0]?.answered();
  await settle();
  return { ...told, transfer };
}

const press = (room: FakeWorkerRoom, digit: string, identity = COLLEAGUE): void =>
  room.tell({ type: 'dtmf', identity, digit });
const valuesOf = (room: FakeWorkerRoom): number[] => room.played.map(([first]) => first ?? 0);
const refusal = { body: { code: 'telephony.transfer-refused' } };

function briefly(events: readonly TelephonyEvent[]): string[] {
  return events.slice(2).map(event => {
    if (event.type === 'call.transfer-requested') return `transfer ${String(event.outcome)}`;
    if (event.type === 'call.parked') return `parked ${event.with}`;
    if (event.type === 'call.unparked') return `unparked ${event.cause}`;
    return event.type === 'call.ended' ? `ended by ${event.by}` : event.type;
  });
}

/** Carries the voices as a call's session does. */
function carry({ audio }: { readonly audio: CallAudio }): number[] {
  const heard: number[] = [];
  audio.colleague?.()?.onFrame(samples => heard.push(samples[0] ?? 0));
  return heard;
}

describe('a colleague who is told of the call first', () => {
  test('[SIP25] is called into a room of their own and told there, while the caller hears the hold tone and nothing else', async () => {
    const b = await bench();
    const { given } = await briefed(b);
    expect(b.sip.dials[0]?.what).toEqual({
      trunkId: 'ST_1',
      number: '+4930',
      roomName: BRIEF_ROOM,
      identity: COLLEAGUE,
      ringingS: 25,
    });
    b.audio.play(new Int16Array(320).fill(5));
    await b.clock.advanceAsync(200);
    expect(given()).toBe(2);
    expect(valuesOf(b.brief)).toEqual([9, 9]);
    expect(b.room.played).toEqual(b.room.played.map((_, frame) => holdFrame(frame)));
    // Neither is carried to the other before it was taken.
    expect(b.audio.colleague?.()).toBeNull();
    expect(briefly(b.seen)).toEqual(['transfer null', 'parked hold', 'parked briefing']);
  });

  test('[SIP26][SIP27] takes the call with a key; then both are told, and the voices are carried until they leave', async () => {
    const b = await bench();
    const { transfer, outcomes } = await briefed(b, [pause(50)]);
    await b.clock.advanceAsync(60);
    press(b.brief, '1');
    expect(await transfer).toBe('accepted');
    b.brief.played.length = b.room.played.length = 0;
    await b.clock.advanceAsync(40);
    expect([valuesOf(b.brief), valuesOf(b.room)]).toEqual([[33], [33]]);
    const heard = carry(b);
    b.brief.speak(COLLEAGUE, new Int16Array(320).fill(7));
    expect(heard).toEqual([7]);
    b.audio.colleague?.()?.play?.(new Int16Array(320).fill(6));
    b.audio.play(new Int16Array(320).fill(8));
    expect([valuesOf(b.brief).at(-1), valuesOf(b.room).at(-1)]).toEqual([6, 8]);
    const last = b.audio.colleague?.();
    b.brief.goAway(COLLEAGUE, 1);
    await settle();
    expect([b.closed, b.brief.left(), b.audio.colleague?.()]).toEqual([[BRIEF_ROOM], 1, null]);
    last?.play?.(new Int16Array(320).fill(6));
    expect(valuesOf(b.brief).filter(value => value === 6)).toHaveLength(1);
    expect(outcomes).toEqual(['accepted']);
    expect(briefly(b.seen)).toEqual([
      'transfer null',
      'parked hold',
      'parked briefing',
      'transfer accepted',
      'parked colleague',
      'unparked colleague-left',
    ]);
  });

  test.each<[string, BriefingOutcome, (b: Bench) => Promise<void> | void]>([
    ['the other key', 'declined', b => press(b.brief, '2')],
    ['hanging up', 'hung-up', b => b.brief.goAway(COLLEAGUE, 1)],
    ['nothing in time', 'no-decision', b => b.clock.advanceAsync(46_000)],
    ['a room that is gone', 'line-failed', b => b.brief.tell({ type: 'room.closed', reason: 5 })],
  ])('[SIP26] gives the caller back by %s', async (_by, outcome, act) => {
    const b = await bench();
    const { transfer, outcomes } = await briefed(b);
    await act(b);
    await expect(transfer).rejects.toMatchObject(refusal);
    expect([outcomes, b.closed]).toEqual([[outcome], [BRIEF_ROOM]]);
    b.audio.play(new Int16Array(320).fill(5));
    expect(valuesOf(b.room).at(-1)).toBe(5);
    expect(briefly(b.seen).slice(3)).toEqual(['transfer refused', 'unparked declined']);
    // And may be asked again.
    b.adapter.transfer(b.callId, '+4930').catch(() => undefined);
    await settle();
    expect(b.sip.dials).toHaveLength(2);
  });

  test('[SIP26] another key, and the caller’s, decide nothing', async () => {
    const b = await bench();
    const { outcomes } = await briefed(b);
    press(b.brief, '5');
    press(b.brief, '1', 'sip_+49170');
    press(b.room, '1', 'sip_+49170');
    await settle();
    expect([outcomes, b.closed]).toEqual([[], []]);
  });

  test.each([
    ['does not pick up', true],
    ['cannot be given a room', false],
  ])('[SIP26] who %s changes nothing, and leaves no room behind', async (_why, opens) => {
    const b = await bench({ opens });
    const { briefing, outcomes } = briefingOf([pause()]);
    const transfer = b.adapter.transfer(b.callId, '+4930', briefing);
    transfer.catch(() => undefined);
    await settle();
    b.sip.dials[0]?.failed(sipFailure(486));
    await expect(transfer).rejects.toMatchObject(refusal);
    expect([b.closed, outcomes]).toEqual([opens ? [BRIEF_ROOM] : [], []]);
    expect(briefly(b.seen)).toEqual([
      'transfer null',
      'parked hold',
      'transfer refused',
      'unparked not-reached',
    ]);
  });

  test.each(['ringing', 'being told', 'talking'])(
    '[SIP27] a caller who hangs up leaves no colleague behind: %s',
    async when => {
      const b = await bench();
      const told = briefingOf([pause(50)]);
      const transfer = b.adapter.transfer(b.callId, '+4930', told.briefing);
      transfer.catch(() => undefined);
      await settle();
      if (when !== 'ringing') {
        b.brief.join({ identity: COLLEAGUE, kind: 'sip' });
        b.sip.dials[0]?.answered();
        await settle();
      }
      if (when === 'talking') {
        press(b.brief, '1');
        await b.clock.advanceAsync(60);
      }
      b.room.goAway('sip_+49170', 1);
      expect(b.closed).toEqual([BRIEF_ROOM]);
      expect(told.outcomes).toEqual([when === 'talking' ? 'accepted' : 'caller-left']);
      if (when === 'ringing') {
        // Picked up all the same: LiveKit makes the room anew for them.
        b.sip.dials[0]?.answered();
        await settle();
        expect(b.closed).toEqual([BRIEF_ROOM, BRIEF_ROOM]);
      }
      await b.clock.advanceAsync(100);
      const events = briefly(b.seen);
      expect(events.at(-1)).toBe('ended by caller');
      expect(events.filter(told => told.startsWith('transfer ') && told !== 'transfer null')).toHaveLength(1);
    },
  );

  test('[SIP28] the way follows the number, and with nothing to tell they are dialled in', async () => {
    const asked: string[] = [];
    const by = transferByTarget(
      { way: 'dial-in', targets: [{ number: '+4930', way: 'briefed' }] },
      {
        'dial-in': (_call, target) => Promise.resolve((asked.push(`dial-in ${target}`), 'accepted' as const)),
        briefed: (_call, target) => Promise.resolve((asked.push(`briefed ${target}`), 'accepted' as const)),
      },
    );
    const call = {} as never;
    const { briefing } = briefingOf([]);
    await by(call, '+4930', briefing);
    await by(call, '+4931', briefing);
    await by(call, '+4930', null);
    expect(asked).toEqual(['briefed +4930', 'dial-in +4931', 'dial-in +4930']);
  });

  test('[SIP29] whoever enters a call’s room is told, so that what a dead host left beside it is cleared away', async () => {
    const b = await bench();
    expect(b.joined).toEqual(['phone']);
  });
});
