import { beforeEach, describe, expect, test } from 'vitest';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { readRoomNote } from '#shared/domain/rooms.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import { DialPermits } from '#worker/livekit/dial-permits.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { createVirtualClock, settle, type VirtualClock } from '#tests/fakes/virtual-clock.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import { CallPlacer, PLACE_LIMIT, type CallPlacerDeps } from './call-placer.ts';

const MORGAN: Actor = { userId: 'u1' as UserId, orgId: 'org-1' as OrgId, name: 'Morgan', role: 'supervisor' };
const request = (requestId = 'r1', to = '+49 (30) 123-45') => ({ to, requestId, name: '' });

let clock: VirtualClock;
let journal: MemoryJournal;
let asked: string[];
let audit: string[];
let open: Set<CallId>;
let answers: Map<string, string>;
/** Which dispatches come to a host. */
let arrives: (dispatch: number) => boolean;
let createFails: Error | null;
let permits: DialPermits;
beforeEach(() => {
  clock = createVirtualClock();
  journal = new MemoryJournal();
  asked = [];
  audit = [];
  open = new Set();
  answers = new Map();
  arrives = () => true;
  createFails = null;
  permits = new DialPermits();
});

let ids = 0;
function placer(more: Partial<CallPlacerDeps> = {}): CallPlacer {
  let dispatches = 0;
  return new CallPlacer({
    rooms: {
      access: { url: 'ws://127.0.0.1', apiKey: 'k', apiSecret: 's' },
      phones: { trunkId: 'ST_1', maxCalls: 3, permits },
      server: {
        createRoom: roomName => {
          asked.push(`create ${roomName}`);
          return createFails ? Promise.reject(createFails) : Promise.resolve();
        },
        metadataOf: () => Promise.resolve(null),
        deleteRoom: roomName => Promise.resolve(void asked.push(`delete ${roomName}`)),
        dispatch: (roomName, metadata) => {
          asked.push(`dispatch ${roomName}`);
          const note = readRoomNote(metadata);
          if (note?.dial && arrives((dispatches += 1))) {
            asked.push(`dial ${note.dial.number} as ${note.displayName} by ${note.dial.trunkId}`);
            open.add(note.callId);
            journal.append(eventOf(note.callId, 0, { ...RINGING, room: roomName }));
          }
          return Promise.resolve();
        },
      },
    },
    journal,
    store: {
      commandAnswer: (userId, id) => Promise.resolve(answers.get(`${userId} ${id}`) ?? null),
      saveCommandAnswer: (userId, id, answer) => Promise.resolve(void answers.set(`${userId} ${id}`, answer)),
      conversation: () => Promise.resolve(null),
      recordAccess: row => Promise.resolve(void audit.push(`${row.userId} ${row.action} ${row.outcome}`)),
    },
    isOpen: callId => open.has(callId),
    openCalls: () => open.size,
    clock,
    newId: () => `id-${String((ids += 1))}`,
    ...more,
  });
}
const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'placed',
    (error: unknown) => (AppError.is(error) ? error.body.code : 'no code'),
  );

describe('a call that a person asks for', () => {
  test('[API50][API55] is dialled by the host that is given its room, and answered once it is on the floor', async () => {
    const callId = await placer().place({ ...request(), name: 'Bo' }, MORGAN);
    expect(open.has(callId)).toBe(true);
    expect(asked).toEqual([
      `create out-${callId}`,
      `dispatch out-${callId}`,
      'dial +493012345 as Bo by ST_1',
    ]);
    expect(audit).toEqual(['u1 call.place dialled']);
  });

  test('[API51] the same request is the same call, at once, later, and in another process', async () => {
    const one = placer();
    const [first, second] = await Promise.all([one.place(request(), MORGAN), one.place(request(), MORGAN)]);
    expect(await one.place(request(), MORGAN)).toBe(first);
    expect(await placer().place(request(), MORGAN)).toBe(first);
    expect(second).toBe(first);
    expect(asked.filter(told => told.startsWith('dial'))).toHaveLength(1);
    expect(await one.place(request('r2'), MORGAN)).not.toBe(first);
  });

  test('[API51] one that has ended is not made again, and one that failed is tried again as the same', async () => {
    const ended = placer({
      store: {
        commandAnswer: () => Promise.resolve('old'),
        saveCommandAnswer: () => Promise.resolve(),
        conversation: () => Promise.resolve({} as never),
        recordAccess: () => Promise.resolve(),
      },
    });
    expect(await ended.place(request(), MORGAN)).toBe('old');
    expect(asked).toEqual([]);
    const one = placer();
    createFails = appError('media.unreachable', 'no', { retryable: true });
    expect(await codeOf(one.place(request(), MORGAN))).toBe('media.unreachable');
    createFails = null;
    const callId = await one.place(request(), MORGAN);
    expect(asked.filter(told => told === `create out-${callId}`)).toHaveLength(2);
    expect(audit).toEqual(['u1 call.place media.unreachable', 'u1 call.place dialled']);
  });

  test.each<[string, string, string, Partial<CallPlacerDeps>]>([
    ['no number', 'input.invalid', 'call Anna', {}],
    ['an address', 'input.invalid', 'desk@example.org', {}],
    ['no LiveKit server', 'media.not-configured', '+4930', { rooms: null }],
  ])('[API52] %s is refused as %s, and nobody is called', async (_what, code, to, more) => {
    expect(await codeOf(placer(more).place(request('r', to), MORGAN))).toBe(code);
    expect(asked).toEqual([]);
  });

  test('[API52] without a trunk nobody can be called', async () => {
    const rooms = { access: {} as never, server: {} as never };
    expect(await codeOf(placer({ rooms }).place(request(), MORGAN))).toBe('telephony.refused');
  });

  test('[API53] above the capacity it is refused, those that are being placed counted', async () => {
    const one = placer();
    arrives = () => false;
    const waiting = ['a', 'b', 'c'].map(id => codeOf(one.place(request(id), MORGAN)));
    await settle();
    expect(await codeOf(one.place(request('d'), MORGAN))).toBe('telephony.busy');
    await clock.advanceAsync(5000);
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => 'telephony.unreachable'));
    for (const id of ['x', 'y', 'z']) open.add(id as CallId);
    expect(await codeOf(one.place(request('e'), MORGAN))).toBe('telephony.busy');
  });

  test('[API53] nobody calls a whole list at once', async () => {
    const one = placer({ openCalls: () => 0 });
    const codes: string[] = [];
    for (let call = 0; call <= PLACE_LIMIT.count; call += 1)
      codes.push(await codeOf(one.place(request(`r${String(call)}`), MORGAN)));
    expect(codes.filter(code => code === 'placed')).toHaveLength(PLACE_LIMIT.count);
    expect(codes.at(-1)).toBe('access.too-often');
  });

  test('[API54] a dispatch that is lost is made again', async () => {
    arrives = dispatch => dispatch === 2;
    const placed = placer().place(request(), MORGAN);
    await clock.advanceAsync(2000);
    const callId = await placed;
    expect(asked.filter(told => told === `dispatch out-${callId}`)).toHaveLength(2);
  });

  test('[API54][API55] when no host comes the room is closed', async () => {
    arrives = () => false;
    const placed = codeOf(placer().place(request(), MORGAN));
    await clock.advanceAsync(5000);
    expect(await placed).toBe('telephony.unreachable');
    expect(asked.at(-1)).toMatch(/^delete out-/u);
    expect(audit).toEqual(['u1 call.place telephony.unreachable']);
  });

  const rings = (callId: CallId) => journal.append(eventOf(callId, 0, { ...RINGING, room: `out-${callId}` }));
  const asked1 = (): CallId => (asked[0] ?? '').replace('create out-', '') as CallId;

  test('[API58] a host may dial from when it has rung until the call is over, and never again', async () => {
    const callId = await placer().place(request(), MORGAN);
    expect([await permits.mayJoin(callId), await permits.mayDial(callId)]).toEqual([true, true]);
    journal.append(
      eventOf(callId, 1, {
        type: 'call.ended',
        reason: 'line-failed',
        durationMs: 1,
        code: 'line.no-answer',
      }),
    );
    expect([await permits.mayJoin(callId), await permits.mayDial(callId)]).toEqual([false, false]);
    // Whoever is given the room again, and rings again.
    rings(callId);
    expect(await permits.mayDial(callId)).toBe(false);
    // As after a restart.
    expect(await new DialPermits().mayDial(callId)).toBe(false);
  });

  test('[API58] a host that asks before its log has come waits; one that rings after the asking was given up may not dial', async () => {
    arrives = () => false;
    const placed = codeOf(placer().place(request(), MORGAN));
    await settle();
    const callId = asked1();
    expect(await permits.mayJoin(callId)).toBe(true);
    const mayDial = permits.mayDial(callId);
    await clock.advanceAsync(5000);
    expect([await placed, await mayDial]).toEqual(['telephony.unreachable', false]);
    rings(callId);
    expect([await permits.mayJoin(callId), await permits.mayDial(callId)]).toEqual([false, false]);
  });

  test('[API58] a host that rang in time has the call, though the server said that it could not be dispatched', async () => {
    const dispatched = (roomName: string): Promise<never> => {
      rings(roomName.replace('out-', '') as CallId);
      return Promise.reject(appError('media.unreachable', 'no', { retryable: true }));
    };
    const server = {
      createRoom: () => Promise.resolve(),
      metadataOf: () => Promise.resolve(null),
      deleteRoom: () => Promise.reject(new Error('it is in use')),
      dispatch: dispatched,
    };
    const access = { url: 'ws://127.0.0.1', apiKey: 'k', apiSecret: 's' };
    const rooms = { access, server, phones: { trunkId: 'ST_1', maxCalls: 3, permits } };
    const callId = await placer({ rooms }).place(request(), MORGAN);
    expect(await permits.mayDial(callId)).toBe(true);
  });

  test('[API58] what was given up and is asked for again may be dialled again', async () => {
    arrives = dispatch => dispatch > 2;
    const one = placer();
    const first = codeOf(one.place(request(), MORGAN));
    await clock.advanceAsync(5000);
    expect(await first).toBe('telephony.unreachable');
    const callId = await one.place(request(), MORGAN);
    expect(await permits.mayDial(callId)).toBe(true);
  });
});
