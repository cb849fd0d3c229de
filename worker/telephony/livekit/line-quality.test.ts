import { expect, test } from 'vitest';
import type { LineCounters } from '#shared/domain/call-quality.ts';
import { callerIdentity } from '#shared/domain/rooms.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { startLivekitRig } from '#tests/fakes/livekit-rig.ts';
import { settle } from '#tests/fakes/virtual-clock.ts';

const CALLER = 'caller-c1';

/** So many 2 s into a stream that loses 5 of 100 packets. */
const counters = (looks: number, streamId = 1): LineCounters => ({
  streamId,
  packets: 100 * looks,
  packetsLost: 5 * looks,
  jitterMs: 4,
  roundTripMs: 60,
  bufferDelayMs: 50 * 96_000 * looks,
  bufferedSamples: 96_000 * looks,
});

/** A call that is answered, whose line is looked at with each 2 s that pass. */
async function answered() {
  const rig = startLivekitRig();
  rig.dispatch('room-c1', rig.note('c1'));
  await settle();
  const room = rig.rooms.get('room-c1');
  if (!room) throw new Error('no room');
  room.join({ identity: callerIdentity('c1' as CallId) });
  room.tell({ type: 'audio.changed', identity: CALLER, audio: 'on' });
  await settle();
  void rig.adapter.answer('c1' as CallId);
  await settle();
  const quality = () => rig.seen.filter(event => event.type === 'call.quality');
  return { ...rig, room, quality };
}

test('[MOS4] each direction is told once per 10 s, from looks every 2 s', async () => {
  const { clock, room, quality } = await answered();
  for (let looks = 1; looks <= 10; looks += 1) {
    room.line = { 'from-caller': counters(looks), 'to-caller': null };
    await clock.advanceAsync(2000);
    expect(quality()).toHaveLength(Math.floor(looks / 5));
  }
  expect(room.looks()).toBe(10);
  expect(quality()[0]).toEqual({
    type: 'call.quality',
    callId: 'c1',
    direction: 'from-caller',
    windowMs: 10_000,
    lossRatio: 0.05,
    jitterMs: 4,
    roundTripMs: 60,
    bufferMs: 50,
  });
});

test('[MOS2][MOS4] over a reconnect nothing is told of what nobody saw', async () => {
  const { clock, room, quality } = await answered();
  const seen = [counters(900), null, counters(2, 2), counters(3, 2), counters(4, 2)];
  for (const now of seen) {
    room.line = { 'from-caller': null, 'to-caller': now };
    await clock.advanceAsync(2000);
  }
  expect(quality()).toMatchObject([{ direction: 'to-caller', lossRatio: 0.05 }]);
  room.line = null;
  await clock.advanceAsync(10_000);
  expect(quality()).toHaveLength(1);
});

test('[MOS4] a look that fails is told once and ends the looking, not the call', async () => {
  const { clock, room, quality, errors, seen } = await answered();
  room.line = new Error('no stats');
  await clock.advanceAsync(30_000);
  expect(errors).toEqual([room.line]);
  expect(quality()).toEqual([]);
  expect(seen.filter(({ type }) => type === 'call.ended' || type === 'call.failed')).toEqual([]);
});

test('[MOS4] after the end nothing is looked at', async () => {
  const { clock, room, adapter } = await answered();
  await clock.advanceAsync(4000);
  const looks = room.looks();
  await adapter.hangUp('c1' as CallId);
  await clock.advanceAsync(30_000);
  expect([looks, room.looks()]).toEqual([2, 2]);
});
