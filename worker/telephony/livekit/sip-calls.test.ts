import { describe, expect, test } from 'vitest';
import { ServerError } from 'livekit-server-sdk';
import type { CallAudio, TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import type { CallId } from '#shared/domain/ids.ts';
import {
  REFUSAL,
  startLivekitRig,
  type LivekitRig,
  type LivekitRigOptions,
} from '#tests/fakes/livekit-rig.ts';
import type { FakeWorkerRoom } from '#tests/fakes/fake-worker-room.ts';
import { noSip, sipFailure, sipTimeout } from '#tests/fakes/scripted-sip-api.ts';
import { settle } from '#tests/fakes/virtual-clock.ts';
import { holdFrame } from './hold-tone.ts';
import { isTimeout, refusalOf } from './sip-refusal.ts';
import { dialInTransfer } from './dial-in-transfer.ts';

type Started = ReturnType<typeof startLivekitRig>;
interface Talking extends Started {
  readonly callId: CallId;
  readonly room: FakeWorkerRoom;
  readonly audio: CallAudio;
}

/** A phone that has called and been answered. */
async function talking(options: LivekitRigOptions = {}): Promise<Talking> {
  const rig = startLivekitRig(options);
  const room = await phoneRings(rig, 'phone');
  const callId = 'sip-1' as CallId;
  return { ...rig, callId, room, audio: await rig.adapter.answer(callId) };
}

async function phoneRings({ dispatch, rooms }: LivekitRig, roomName: string): Promise<FakeWorkerRoom> {
  dispatch(roomName);
  await settle();
  const room = rooms.get(roomName);
  if (!room) throw new Error('no room');
  room.join({
    identity: 'sip_+49170',
    kind: 'sip',
    attributes: { 'sip.callStatus': 'active', 'sip.phoneNumber': '+49170' },
  });
  await settle();
  return room;
}

const briefly = (events: readonly TelephonyEvent[]): string[] =>
  events.map(event => {
    if (event.type === 'call.transfer-requested') return `transfer ${String(event.outcome)}`;
    if (event.type === 'call.ended') return `ended by ${event.by}`;
    if (event.type === 'call.parked') return `parked ${event.with}`;
    if (event.type === 'call.unparked') return `unparked ${event.cause}`;
    return event.type === 'call.failed' ? `failed ${event.code}` : event.type;
  });

describe('the reason of a failed call', () => {
  test.each([
    [486, 'line.busy'],
    [480, 'line.unavailable'],
    [603, 'line.declined'],
    [403, 'line.declined'],
    [404, 'line.unknown-number'],
    [408, 'line.no-answer'],
    [487, 'line.no-answer'],
    [500, 'line.trunk-failed'],
    [503, 'line.trunk-failed'],
    [488, 'line.trunk-failed'],
  ])('[SIP31] SIP %i is %s, whatever the HTTP status', (status, failure) => {
    expect(refusalOf(sipFailure(status))).toBe(failure);
    expect(isTimeout(sipFailure(status))).toBe(false);
  });

  test('[SIP31] no SIP status is a time-out only where somebody stopped waiting', () => {
    expect([sipTimeout(), new DOMException('late', 'TimeoutError')].map(refusalOf)).toEqual([
      'line.no-answer',
      'line.no-answer',
    ]);
    expect(isTimeout(sipTimeout())).toBe(true);
    const others = [noSip(), new TypeError('fetch failed'), new ServerError('x', 'x', 404)];
    expect(others.map(refusalOf)).toEqual(others.map(() => 'line.trunk-failed'));
    expect(others.some(isTimeout)).toBe(false);
  });
});

describe('a cold transfer', () => {
  test('[SIP20] asks the caller’s phone to call the target, and one at a time', async () => {
    const { adapter, callId, sip } = await talking();
    const first = adapter.transfer(callId, '+4930');
    await settle();
    expect(sip.refers[0]?.what).toEqual({ roomName: 'phone', identity: 'sip_+49170', target: 'tel:+4930' });
    await expect(adapter.transfer(callId, '+4931')).rejects.toMatchObject({
      body: { code: 'telephony.transfer-refused' },
    });
    sip.refers[0]?.failed(sipFailure(486));
    await expect(first).rejects.toMatchObject({ body: { code: 'telephony.transfer-refused' } });
    void adapter.transfer(callId, 'sip:help@example.org:5070').catch(() => undefined);
    await settle();
    expect(sip.refers[1]?.what.target).toBe('sip:help@example.org:5070');
  });

  test('[SIP20] is not for browsers', async () => {
    const { adapter, dispatch, note, rooms } = startLivekitRig();
    dispatch('web', note('c1'));
    await settle();
    rooms.get('web')?.join({ identity: 'caller-c1' });
    rooms.get('web')?.tell({ type: 'audio.changed', identity: 'caller-c1', audio: 'on' });
    await settle();
    await adapter.answer('c1' as CallId);
    await expect(adapter.transfer('c1' as CallId, '+4930')).rejects.toMatchObject({
      body: { code: 'telephony.transfer-refused' },
    });
  });

  test('[SIP21] the caller hears us until the other side has answered', async () => {
    const { adapter, callId, clock, room, audio, sip } = await talking();
    const transfer = adapter.transfer(callId, '+4930');
    await settle();
    audio.play(new Int16Array(320).fill(5));
    expect(room.played).toHaveLength(1);
    sip.refers[0]?.answered();
    await clock.advanceAsync(1000);
    room.goAway('sip_+49170', 1);
    expect(await transfer).toBe('accepted');
  });

  test.each([
    ['a success, and the phone leaves', 'answered', 'after', 'accepted'],
    ['the phone leaves, then a success', 'answered', 'before', 'uncertain'],
    ['a success, and the phone leaves with it', 'answered', 'with it', 'uncertain'],
    ['a time-out, and the phone leaves', 'timed-out', 'after', 'uncertain'],
  ] as const)('[SIP22][SIP23] %s: %s %s is %s', async (_, answer, leaves, outcome) => {
    const { adapter, callId, clock, room, sip, seen } = await talking();
    const transfer = adapter.transfer(callId, '+4930');
    await settle();
    if (leaves === 'before') room.goAway('sip_+49170', 1);
    if (answer === 'answered') sip.refers[0]?.answered();
    else sip.refers[0]?.failed(sipTimeout());
    await clock.advanceAsync(leaves === 'after' ? 1000 : 0);
    if (leaves !== 'before') room.goAway('sip_+49170', 1);
    expect(await transfer).toBe(outcome);
    await settle();
    expect(briefly(seen).slice(2)).toEqual(['transfer null', `transfer ${outcome}`, 'ended by transfer']);
  });

  test('[SIP21][SIP22] a phone that is still there after a time-out was not transferred', async () => {
    const { adapter, callId, clock, sip, seen } = await talking();
    const transfer = adapter.transfer(callId, '+4930');
    await settle();
    sip.refers[0]?.failed(sipTimeout());
    const refused = expect(transfer).rejects.toMatchObject({ body: { code: 'telephony.transfer-refused' } });
    await clock.advanceAsync(6000);
    await refused;
    expect(briefly(seen).slice(2)).toEqual(['transfer null', 'transfer refused']);
  });
});

const INTRODUCTION = new Int16Array(640).fill(33);

const warm = (): Promise<Talking> =>
  talking({
    transferBy: ({ sip }) =>
      dialInTransfer({
        api: sip.api,
        trunkId: 'ST_1',
        ringingS: 25,
        introduction: INTRODUCTION,
        onError: () => undefined,
      }),
  });

describe('a colleague who is dialled in', () => {
  test('[SIP24][SIP40][TEL9] hold tone, introduction, silence, and the AI again when they have left', async () => {
    const { adapter, callId, clock, room, audio, sip, seen } = await warm();
    const transfer = adapter.transfer(callId, '+4930');
    await settle();
    expect(sip.dials[0]?.what).toEqual({
      trunkId: 'ST_1',
      number: '+4930',
      roomName: 'phone',
      identity: 'sip_to_4930',
      ringingS: 25,
    });
    audio.play(new Int16Array(320).fill(5));
    await clock.advanceAsync(60);
    expect(room.played).toEqual([0, 1, 2].map(holdFrame));
    room.join({ identity: 'sip_to_4930', kind: 'sip' });
    sip.dials[0]?.answered();
    expect(await transfer).toBe('accepted');
    room.played.length = 0;
    await clock.advanceAsync(200);
    audio.play(new Int16Array(320).fill(5));
    expect(room.played).toEqual([INTRODUCTION.subarray(0, 320), INTRODUCTION.subarray(320)]);
    room.goAway('sip_to_4930', 1);
    audio.play(new Int16Array(320).fill(5));
    expect(room.played.at(-1)?.[0]).toBe(5);
    await settle();
    expect(briefly(seen).slice(2)).toEqual([
      'transfer null',
      'parked hold',
      'transfer accepted',
      'parked colleague',
      'unparked colleague-left',
    ]);
  });

  test('[SIP24][TEL9] one who does not pick up changes nothing', async () => {
    const { adapter, callId, room, audio, sip, seen } = await warm();
    for (const error of [sipFailure(486), sipTimeout()]) {
      const transfer = adapter.transfer(callId, '+4930');
      await settle();
      sip.dials.at(-1)?.failed(error);
      await expect(transfer).rejects.toMatchObject({ body: { code: 'telephony.transfer-refused' } });
      audio.play(new Int16Array(320).fill(5));
      expect(room.played.at(-1)?.[0]).toBe(5);
    }
    expect(briefly(seen).slice(2)).toEqual([
      'transfer null',
      'parked hold',
      'transfer refused',
      'unparked not-reached',
      'transfer null',
      'parked hold',
      'transfer refused',
      'unparked not-reached',
    ]);
  });

  test('[SIP23][SIP24] a caller who hangs up leaves no colleague behind, ringing or talking', async () => {
    const { adapter, callId, room, sip, removed, seen } = await warm();
    const transfer = adapter.transfer(callId, '+4930');
    await settle();
    room.goAway('sip_+49170', 1);
    expect(removed).toEqual(['phone sip_to_4930']);
    sip.dials[0]?.answered();
    await expect(transfer).rejects.toMatchObject({ body: { code: 'telephony.transfer-refused' } });
    expect(removed).toEqual(['phone sip_to_4930', 'phone sip_to_4930']);
    await settle();
    expect(briefly(seen).slice(2)).toEqual([
      'transfer null',
      'parked hold',
      'transfer refused',
      'ended by caller',
    ]);
  });
});

test('[SIP33][TEL9] a colleague who is in the room when another host goes on with the call has the caller still', async () => {
  const rig = startLivekitRig();
  rig.dispatch('phone');
  await settle();
  const room = rig.rooms.get('phone');
  if (!room) throw new Error('no room');
  const active = { 'sip.callStatus': 'active' };
  room.join({ identity: 'sip_to_4931', kind: 'sip', attributes: { 'sip.callStatus': 'ringing' } });
  room.join({
    identity: 'sip_to_4930',
    kind: 'sip',
    attributes: { ...active, 'sip.phoneNumber': '+4930' },
  });
  room.join({ identity: 'sip_+49170', kind: 'sip', attributes: active });
  const audio = await rig.adapter.answer('sip-1' as CallId);
  const heard: number[] = [];
  audio.colleague?.()?.onFrame(samples => heard.push(samples[0] ?? 0));
  room.speak('sip_to_4930', new Int16Array(320).fill(7));
  audio.play(new Int16Array(320).fill(5));
  expect([heard, room.played]).toEqual([[7], []]);
  room.goAway('sip_to_4930', 1);
  audio.play(new Int16Array(320).fill(5));
  expect(room.played).toHaveLength(1);
  await settle();
  expect(briefly(rig.seen)).toEqual([
    'call.ringing',
    'call.connected',
    'parked colleague',
    'unparked colleague-left',
  ]);
});

describe('a call we make', () => {
  async function dialling(): Promise<Started> {
    const rig = startLivekitRig();
    rig.dispatch('out', { ...rig.note('c1'), dial: { trunkId: 'ST_1', number: '+4930' } });
    await settle();
    return rig;
  }

  test('[SIP30][SIP31] is dialled with a limit and connects when it is picked up', async () => {
    const { adapter, rooms, sip, seen, clock } = await dialling();
    expect(seen).toMatchObject([{ type: 'call.ringing', from: '+4930', displayName: 'Ada', room: 'out' }]);
    expect(sip.dials[0]?.what).toMatchObject({ trunkId: 'ST_1', number: '+4930', ringingS: 30 });
    const answer = adapter.answer('c1' as CallId);
    rooms.get('out')?.join({
      identity: sip.dials[0]?.what.identity ?? '',
      kind: 'sip',
      attributes: { 'sip.callStatus': 'dialing' },
    });
    await clock.advanceAsync(20_000);
    expect(seen).toHaveLength(1);
    sip.dials[0]?.answered();
    await answer;
    await settle();
    expect(briefly(seen)).toEqual(['call.ringing', 'call.connected']);
  });

  test('[SIP30] fails with the reason', async () => {
    const { adapter, sip, seen } = await dialling();
    const answer = adapter.answer('c1' as CallId);
    sip.dials[0]?.failed(sipFailure(486));
    await expect(answer).rejects.toMatchObject({ body: { code: 'call.already-ended' } });
    expect(briefly(seen)).toEqual(['call.ringing', 'failed line.busy']);
  });

  test('[SIP30] a host that takes the call over does not call them again', async () => {
    const rig = startLivekitRig();
    const note = { ...rig.note('c1'), dial: { trunkId: 'ST_1', number: '+4930' } };
    rig.dispatch('out', note);
    rig.rooms.get('out')?.join({
      identity: 'sip_out_c1',
      kind: 'sip',
      attributes: { 'sip.callStatus': 'active' },
    });
    await settle();
    expect(rig.sip.dials).toEqual([]);
    await rig.adapter.answer('c1' as CallId);
    await settle();
    expect(briefly(rig.seen)).toEqual(['call.ringing', 'call.connected']);
  });

  test('[SIP32] hanging up while it rings takes the phone out, which stops the ringing', async () => {
    const { adapter, sip, removed } = await dialling();
    await adapter.hangUp('c1' as CallId);
    expect(removed).toEqual([`out ${sip.dials[0]?.what.identity ?? ''}`]);
  });
});

describe('more callers than we can take', () => {
  test('[SIP41] hear why and are hung up; the others go on, and a free place is used again', async () => {
    const rig = startLivekitRig({ maxCalls: 1 });
    const { adapter, clock, rooms, seen, removed, refused } = rig;
    await phoneRings(rig, 'first');
    await adapter.answer('sip-1' as CallId);
    await phoneRings(rig, 'second');
    await clock.advanceAsync(1000);
    expect(refused).toEqual(['second']);
    expect(removed).toEqual(['second sip_+49170']);
    const said = rooms.get('second')?.played.flatMap(frame => [...frame]) ?? [];
    expect(said.slice(0, REFUSAL.length)).toEqual([...REFUSAL]);
    expect(briefly(seen)).toEqual(['call.ringing', 'call.connected']);
    expect(rooms.get('first')?.left()).toBe(0);
    await adapter.hangUp('sip-1' as CallId);
    await settle();
    await phoneRings(rig, 'third');
    expect(briefly(seen).at(-1)).toBe('call.ringing');
  });

  test('[SIP41] who is being refused takes no place', async () => {
    const rig = startLivekitRig({ maxCalls: 1 });
    await phoneRings(rig, 'first');
    await phoneRings(rig, 'second');
    await rig.adapter.hangUp('sip-1' as CallId);
    await settle();
    await phoneRings(rig, 'third');
    expect(rig.refused).toEqual(['second']);
  });

  test('[SIP41] a call that we make ourselves is not refused', async () => {
    const rig = startLivekitRig({ maxCalls: 1 });
    await phoneRings(rig, 'first');
    rig.dispatch('out', { ...rig.note('c1'), dial: { trunkId: 'ST_1', number: '+4930' } });
    await settle();
    expect(rig.sip.dials).toHaveLength(1);
    expect(rig.refused).toEqual([]);
    expect(briefly(rig.seen)).toEqual(['call.ringing', 'call.ringing']);
  });
});

test('[SIP40] the hold tone is soft, has no clicks and never falls silent for long', () => {
  const samples = Array.from({ length: 200 }, (_, frame) => [...holdFrame(frame)]).flat();
  const steps = samples.slice(1).map((sample, index) => Math.abs(sample - (samples[index] ?? 0)));
  expect(Math.max(...samples)).toBeLessThan(2000);
  expect(Math.max(...steps)).toBeLessThan(450);
  for (let frame = 5; frame < 195; frame += 5)
    expect(Math.max(...samples.slice(frame * 320, (frame + 5) * 320))).toBeGreaterThan(300);
});
