import { expect, test } from 'vitest';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { callEventSchema } from '#shared/events/call-event.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import type { RoomAssignment, RoomAssignments } from '#worker/livekit/room-assignment.ts';
import * as claimsOf from './call-claims.ts';
import { claimedRooms } from './claimed-rooms.ts';
import type { HostSeat } from './link/host-seat.ts';
import { RoomLedger } from './room-ledger.ts';

const callId = 'call-1' as CallId;
const seat: HostSeat = {
  run: () => Promise.reject(new Error('none')),
  send: () => undefined,
  close: () => undefined,
};
const [first, second] = [
  { hostId: 'a', seat },
  { hostId: 'b', seat: { ...seat } },
];
const ringing = callEventSchema.parse({
  v: 1,
  id: 'e',
  orgId: 'org' as OrgId,
  conversationId: callId,
  seq: 0,
  atMs: 0,
  type: 'call.ringing',
  from: '+4930',
  displayName: 'Ada',
  line: 'Quotes',
  provider: 'livekit',
  simulated: false,
  room: 'sip-room',
});

function ledger() {
  const clock = createVirtualClock();
  const journal = new MemoryJournal();
  const late: unknown[] = [];
  const profile = () => Promise.resolve('short' as const);
  const rooms = new RoomLedger({ clock, journal, profile, onLate: (...told) => late.push(told) });
  const claim = async (host: typeof first) => (await rooms.claim(host, 'sip-room', null, () => [])).grant;
  return { clock, journal, late, rooms, claim };
}

test('[HOST26] a room that one host has is refused to every other, and free again when it is left', async () => {
  const { rooms, claim } = ledger();
  expect(await claim(first)).toBe('new');
  expect(await claim(second)).toBe('refused');
  rooms.event(first, ringing);
  expect([rooms.openCalls(), rooms.placeOf(callId)]).toEqual([[callId], first.seat]);
  expect(await claim(second)).toBe('refused');
  const { orgId, atMs } = ringing;
  const ended = { v: 1, id: 'f', orgId, conversationId: callId, seq: 1, atMs, type: 'call.ended' };
  rooms.event(first, callEventSchema.parse({ ...ended, reason: 'caller-hung-up', durationMs: 1 }));
  expect(await claim(second)).toBe('new');
  rooms.left(second, 'sip-room');
  expect(await claim(first)).toBe('new');
  rooms.stop();
});

test('[HOST26] a host that was given a room and never has a call there loses it after 5 s', () => {
  const { claims } = claimsOf.claimRoom(claimsOf.NO_CLAIMS, 'room', 'a', 0);
  expect(claimsOf.claimRoom(claims, 'room', 'b', 5000).callId).toBe('refused');
  expect(claimsOf.claimRoom(claims, 'room', 'b', 5001).callId).toBeNull();
});

test('[HOST30] the room of a dead host is granted with its call, also where the one that took it has left it again', async () => {
  const { rooms, journal } = ledger();
  await rooms.claim(first, 'sip-room', null, () => []);
  rooms.event(first, ringing);
  journal.append(ringing);
  expect(rooms.lost(first)).toEqual({ calls: 1, roomNames: ['sip-room'] });
  expect(rooms.placeOf(callId)).toBe('moving');
  expect(await rooms.claim(second, 'sip-room', null, () => [])).toMatchObject({
    grant: 'resume',
    events: [ringing],
  });
  rooms.left(second, 'sip-room');
  expect(await rooms.claim(first, 'sip-room', null, () => [])).toMatchObject({ grant: 'resume', callId });
  rooms.stop();
});

test('[HOST26] a room that says which call it is of is given to nobody once the log of that call is there, also after a restart', async () => {
  const { rooms, journal } = ledger();
  expect(await rooms.claim(first, 'out-call-1', callId, () => [])).toMatchObject({ grant: 'new' });
  rooms.left(first, 'out-call-1');
  journal.append(ringing);
  expect(await rooms.claim(second, 'out-call-1', callId, () => [])).toEqual({ grant: 'refused' });
  expect(await rooms.claim(second, 'out-other', 'call-2' as CallId, () => [])).toMatchObject({
    grant: 'new',
  });
  rooms.stop();
});

test('[HOST36] a call that nobody goes on with is given up after 10 s, and its room is given to nobody', async () => {
  const { rooms, clock, late, claim } = ledger();
  await claim(first);
  rooms.event(first, ringing);
  rooms.lost(first);
  await clock.advanceAsync(9900);
  expect(late).toEqual([]);
  await clock.advanceAsync(600);
  expect(late).toEqual([[callId, 'sip-room']]);
  expect([rooms.openCalls(), rooms.placeOf(callId)]).toEqual([[], null]);
  expect(await claim(second)).toBe('refused');
  rooms.stop();
});

test('[HOST26][HOST30][HOST40] a host joins only what it was granted, and knows the call of a room that says nothing of it', async () => {
  const given = ['new', 'resume', 'refused'].map((name): RoomAssignment => ({
    jobId: name,
    dispatchId: '',
    roomName: name,
    url: '',
    token: '',
    metadata: '',
  }));
  const ended: string[] = [];
  const assignments: RoomAssignments = {
    async *next() {
      yield* given;
    },
    running: () => undefined,
    ended: jobId => ended.push(jobId),
  };
  const left: string[] = [];
  const rooms = claimedRooms({
    assignments,
    hostId: 'b',
    claim: grant =>
      Promise.resolve(
        grant === 'resume'
          ? { grant, callId, events: [ringing], present: [], profile: 'no-audio' }
          : grant === 'new'
            ? { grant, profile: 'seven-years' }
            : { grant: 'refused' },
      ),
    left: roomName => left.push(roomName),
    onError: error => expect.fail(String(error)),
  });
  const joined: RoomAssignment[] = [];
  const profiles = [rooms.profile()];
  for await (const assignment of rooms.next(new AbortController().signal)) {
    joined.push(assignment);
    profiles.push(rooms.profile());
  }
  expect(profiles).toEqual([null, 'seven-years', 'no-audio']);
  expect(joined.map(({ roomName }) => roomName)).toEqual(['new', 'resume']);
  expect(ended).toEqual(['refused']);
  expect(JSON.parse(joined[1]?.metadata ?? '')).toMatchObject({ callId, line: 'Quotes', displayName: 'Ada' });
  expect(rooms.pastOf(callId)).toMatchObject({ host: 'b', room: 'resume', events: [ringing] });
  expect(rooms.pastOf(callId)).toBeNull();
  rooms.ended('resume', 'success');
  rooms.ended('refused', 'success');
  expect(left).toEqual(['resume']);
});
