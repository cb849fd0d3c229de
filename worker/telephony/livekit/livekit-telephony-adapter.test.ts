import { describe, expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { callerIdentity } from '#shared/domain/rooms.ts';
import { TELEPHONY_CONTRACT, type TelephonyHarness } from '#tests/contract/telephony.contract.ts';
import type { FakeWorkerRoom } from '#tests/fakes/fake-worker-room.ts';
import { livekitRig, startLivekitRig as start } from '#tests/fakes/livekit-rig.ts';
import { SABOTAGES, sabotaged, watch, type Sabotage } from '#tests/fakes/saboteur-telephony.ts';
import { settle } from '#tests/fakes/virtual-clock.ts';
import { DEFAULT_LIMITS } from './livekit-telephony-adapter.ts';

function harness(sabotage: Sabotage | null): TelephonyHarness & { stop(): void } {
  const { clock, adapter, rooms, dispatch, note } = livekitRig();
  const stop = new AbortController();
  let calls = 0;
  const roomOf = (callId: CallId): FakeWorkerRoom | undefined => rooms.get(`room-${callId}`);
  return {
    adapter: sabotaged(adapter, sabotage),
    seen: watch(adapter, sabotage, stop.signal),
    callerDials: async () => {
      const callId = `call-${String(++calls)}` as CallId;
      dispatch(`room-${callId}`, note(callId));
      await settle();
      roomOf(callId)?.join({ identity: callerIdentity(callId), name: 'Ada' });
      roomOf(callId)?.tell({ type: 'audio.changed', identity: callerIdentity(callId), audio: 'on' });
      return callId;
    },
    callerHangsUp: async callId => {
      roomOf(callId)?.goAway(callerIdentity(callId), 1);
      await settle();
    },
    pass: ms => clock.advanceAsync(ms),
    stop: () => stop.abort(),
  };
}

describe('TelephonyAdapter contract: rooms', () => {
  test.each(TELEPHONY_CONTRACT)('$title', async ({ run }) => {
    const h = harness(null);
    await run(h);
    h.stop();
  });
});

describe('the contract notices rooms whose line', () => {
  test.each(SABOTAGES)('[TEL1][TEL2][TEL3][TEL4][TEL5][TEL7][TEL8] $name', async sabotage => {
    const cases = TELEPHONY_CONTRACT.filter(({ title }) => title.startsWith(`[${sabotage.breaks}]`));
    expect(cases).toHaveLength(1);
    const h = harness(sabotage);
    await expect(cases[0]?.run(h)).rejects.toThrow();
    h.stop();
  });
});

describe('rooms', () => {
  test('[SIP1][SIP7] a call is announced with what its room and its caller say', async () => {
    const { dispatch, note, rooms, seen } = start();
    dispatch('web', note('c1'));
    dispatch('phone');
    dispatch('hidden');
    await settle();
    rooms.get('web')?.join({ identity: 'sup-u-live' });
    rooms.get('web')?.join({ identity: 'caller-c2' });
    rooms.get('phone')?.join({ identity: 'sip_to_1', kind: 'sip' });
    await settle();
    expect(seen).toEqual([]);
    rooms.get('web')?.join({ identity: 'caller-c1', name: 'somebody' });
    rooms.get('phone')?.join({
      identity: 'sip_+49170',
      kind: 'sip',
      attributes: {
        'sip.phoneNumber': '+49170',
        'sip.trunkPhoneNumber': '+4930555',
        'sip.callIDFull': 'abc@carrier.example',
      },
    });
    rooms.get('hidden')?.join({ identity: 'sip_x', kind: 'sip', name: 'Phone' });
    await settle();
    const common = { type: 'call.ringing', simulated: false };
    expect(seen).toEqual([
      { ...common, callId: 'c1', from: null, displayName: 'Ada', line: 'Web', room: 'web' },
      {
        ...common,
        callId: 'sip-1',
        from: '+49170',
        displayName: '+49170',
        line: 'Returns',
        room: 'phone',
        sipCallId: 'abc@carrier.example',
      },
      {
        ...common,
        callId: 'sip-2',
        from: null,
        displayName: 'Withheld number',
        line: 'Phone',
        room: 'hidden',
      },
    ]);
  });

  test('[SIP1] a room without a caller is given back, and nobody is told of a call', async () => {
    const { clock, dispatch, note, rooms, seen, assignments } = start();
    dispatch('web', note('c1'));
    await clock.advanceAsync(DEFAULT_LIMITS.arrivalMs);
    expect(assignments.told).toEqual(['job-web running', 'job-web failed']);
    expect(rooms.get('web')?.left()).toBe(1);
    expect(seen).toEqual([]);
  });

  test('[SIP2] an answer that the caller did not wait for is told apart from a failure', async () => {
    const { adapter, dispatch, rooms, seen } = start();
    dispatch('phone');
    await settle();
    rooms.get('phone')?.join({ identity: 'sip_1', kind: 'sip', attributes: { 'sip.callStatus': 'ringing' } });
    const answer = adapter.answer('sip-1' as CallId);
    rooms.get('phone')?.goAway('sip_1', 1);
    await expect(answer).rejects.toMatchObject({ body: { code: 'call.already-ended' } });
    expect(seen.map(event => event.type)).toEqual(['call.ringing', 'call.ended']);
  });

  test('[SIP5] a phone whose audio had stopped long before it left is a failed line', async () => {
    const { adapter, clock, dispatch, rooms, seen } = start();
    const attributes = { 'sip.callStatus': 'active' };
    for (const room of ['quiet', 'loud']) {
      dispatch(room);
      await settle();
      rooms.get(room)?.join({ identity: `sip_${room}`, kind: 'sip', attributes });
    }
    await adapter.answer('sip-1' as CallId);
    await adapter.answer('sip-2' as CallId);
    await clock.advanceAsync(10_000);
    rooms.get('quiet')?.speak('sip_quiet', new Int16Array(320).fill(1));
    rooms.get('loud')?.speak('sip_loud', new Int16Array(320).fill(9));
    await clock.advanceAsync(6000);
    rooms.get('quiet')?.goAway('sip_quiet', 1);
    rooms.get('loud')?.goAway('sip_loud', 1);
    await settle();
    expect(seen.slice(-2)).toEqual([
      { type: 'call.failed', code: 'line.media-lost', callId: 'sip-1' },
      { type: 'call.ended', by: 'caller', callId: 'sip-2' },
    ]);
  });

  test('[SIP6] a removal that fails is tried again until the phone is gone', async () => {
    const { adapter, clock, dispatch, rooms, removed, errors, fails } = start();
    for (const room of ['a', 'b']) {
      dispatch(room);
      await settle();
      rooms.get(room)?.join({ identity: `sip_${room}`, kind: 'sip' });
    }
    fails.removals = 3;
    await adapter.hangUp('sip-1' as CallId);
    await clock.advanceAsync(3000);
    expect(removed).toEqual([]);
    await clock.advanceAsync(1000);
    expect(removed).toEqual(['a sip_a']);
    expect(errors).toEqual([]);
    // It does not go on for ever, and says so.
    fails.removals = 100;
    await adapter.hangUp('sip-2' as CallId);
    await clock.advanceAsync(60_000);
    expect(errors).toHaveLength(1);
  });

  test('[SIP8] a room that cannot be joined is given back; the same room again is nothing new', async () => {
    const { dispatch, note, rooms, seen, assignments, errors, fails } = start();
    fails.join = true;
    dispatch('web', note('c1'));
    await settle();
    expect(assignments.told).toEqual(['job-web failed']);
    expect(errors).toHaveLength(1);
    fails.join = false;
    dispatch('web', note('c1'));
    dispatch('web', note('c1'));
    await settle();
    expect(assignments.told.slice(1)).toEqual(['job-web running', 'job-web success']);
    rooms.get('web')?.join({ identity: 'caller-c1' });
    await settle();
    expect(seen).toHaveLength(1);
  });

  test('[SIP3] when the host stops, rooms without a call are left, and stopping ends the others', async () => {
    const { adapter, dispatch, note, rooms, seen, stop, removed } = start();
    dispatch('empty', note('c1'));
    dispatch('web', note('c2'));
    await settle();
    rooms.get('web')?.join({ identity: 'caller-c2' });
    await settle();
    expect(seen).toHaveLength(1);
    stop.abort();
    expect([rooms.get('empty')?.left(), rooms.get('web')?.left()]).toEqual([1, 0]);
    await adapter.stop();
    expect(rooms.get('web')?.left()).toBe(1);
    expect(removed).toEqual(['web caller-c2']);
  });
});
