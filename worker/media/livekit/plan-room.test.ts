import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audibility, coachParty, hears, humanParty, type MicMode } from '#shared/domain/audibility.ts';
import type { UserId } from '#shared/domain/ids.ts';
import { coachIdentity, liveIdentity, monitorIdentity } from '#shared/domain/rooms.ts';
import type { RoomPerson } from '#worker/livekit/room-people.ts';
import { planRoom, workerSounds, type RoomAction } from './plan-room.ts';

const people = ['ann', 'bob', 'cid'] as UserId[];
const identities = [
  'ai',
  'caller-1',
  'sip_+49',
  'sip_to_49',
  'stranger',
  ...people.flatMap(user => [monitorIdentity(user), liveIdentity(user), coachIdentity(user)]),
];
const person = (identity: string) =>
  fc.record({
    identity: fc.constant(identity),
    mayHear: fc.boolean(),
    audio: fc
      .array(fc.boolean(), { maxLength: 3 })
      .map(muted => muted.map((isMuted, index) => ({ sid: `${identity}-${String(index)}`, muted: isMuted }))),
  });
const room: fc.Arbitrary<RoomPerson[]> = fc
  .subarray(identities)
  .chain(list => fc.tuple(...list.map(person)) as fc.Arbitrary<RoomPerson[]>);
const matrix = fc
  .record({
    floor: fc.constantFrom<'ai' | 'human'>('ai', 'human'),
    hush: fc.constantFrom(null, 'listeners' as const, 'everybody' as const),
    colleague: fc.boolean(),
    hold: fc.boolean(),
    humans: fc.subarray(people).chain(list =>
      fc.tuple(
        ...list.map(userId =>
          fc.record({
            userId: fc.constant(userId),
            listening: fc.boolean(),
            mic: fc.constantFrom<MicMode>('monitor', 'armed', 'barge', 'live'),
            coaching: fc.boolean(),
          }),
        ),
      ),
    ),
  })
  .map(input => audibility(input));

/** A room after the server has done what it was told. */
function after(before: readonly RoomPerson[], actions: readonly RoomAction[]): readonly RoomPerson[] {
  return actions.reduce<readonly RoomPerson[]>((now, action) => {
    if (action.do === 'remove') return now.filter(one => one.identity !== action.identity);
    return now.map(one => {
      if (action.do === 'hear')
        return one.identity === action.person.identity ? { ...one, mayHear: action.on } : one;
      return {
        ...one,
        audio: one.audio.map(track =>
          track.sid === action.trackSid ? { ...track, muted: action.muted } : track,
        ),
      };
    });
  }, before);
}

const sounds = (one: RoomPerson): boolean => one.audio.some(track => !track.muted);
const everybody = (kind: 'call' | 'coach', warned = false) => ({ kind, warned: () => warned });

describe('plan of a room', () => {
  test('[SUP60][SUP61][SUP64][SUP76] afterwards nobody sounds and nobody of ours hears whom the matrix does not let', () => {
    fc.assert(
      fc.property(room, matrix, fc.boolean(), (before, edges, warned) => {
        const plan = planRoom(before, { ...everybody('call', warned), edges });
        const now = after(before, [...plan.first, ...plan.then]);
        for (const one of now) {
          if (one.identity === 'ai') expect(sounds(one) && !workerSounds(edges)).toBe(false);
          if (one.identity === 'stranger') expect(sounds(one)).toBe(false);
          for (const userId of people) {
            const me = humanParty(userId);
            if (one.identity === liveIdentity(userId)) {
              expect(sounds(one) && !hears(edges, me, 'caller')).toBe(false);
              expect(one.mayHear).toBe(false);
            }
            if (one.identity === monitorIdentity(userId)) {
              expect(sounds(one)).toBe(false);
              expect(one.mayHear).toBe(hears(edges, 'caller', me));
            }
            expect(one.identity).not.toBe(coachIdentity(userId));
          }
        }
        const phone = before.find(({ identity }) => identity === 'sip_to_49');
        if (phone) {
          const mayHear = hears(edges, 'colleague', 'caller')
            ? hears(edges, 'caller', 'colleague')
            : phone.mayHear;
          expect(now).toContainEqual({ ...phone, mayHear });
        }
        // Callers and phones are none of its business, and a second look finds nothing left to do.
        for (const one of before.filter(({ identity }) => /^(?:caller-|sip_\+)/u.test(identity)))
          expect(now).toContainEqual(one);
        expect(planRoom(now, { ...everybody('call', warned), edges })).toEqual({
          first: [],
          then: [],
          strays: [],
        });
      }),
      { numRuns: 3000 },
    );
  });

  test('[SUP66][HEAR6] in the coach room only coaches sound, and only whom they whisper to hears', () => {
    fc.assert(
      fc.property(room, matrix, (before, edges) => {
        const plan = planRoom(before, { ...everybody('coach'), edges });
        for (const one of after(before, [...plan.first, ...plan.then])) {
          const userId = people.find(user => coachIdentity(user) === one.identity);
          expect(userId).toBeDefined();
          if (!userId) continue;
          const speaks = edges.some(([from]) => from === coachParty(userId));
          expect(sounds(one) && !speaks).toBe(false);
          expect(one.mayHear).toBe(
            edges.some(([from, to]) => from.startsWith('coach:') && to === humanParty(userId)),
          );
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('[SUP60][SUP63] silence comes first, and the server opens nobody’s microphone but the AI’s', () => {
    fc.assert(
      fc.property(room, matrix, fc.constantFrom('call' as const, 'coach' as const), (before, edges, kind) => {
        const plan = planRoom(before, { ...everybody(kind), edges });
        const opens = (action: RoomAction): boolean =>
          (action.do === 'mute' && !action.muted) || (action.do === 'hear' && action.on);
        expect(plan.first.some(opens)).toBe(false);
        expect(plan.then.every(opens)).toBe(true);
        for (const action of plan.then) if (action.do === 'mute') expect(action.identity).toBe('ai');
        for (const action of plan.first)
          if (action.do === 'remove') expect(action.identity).not.toBe(kind === 'call' ? 'ai' : '');
      }),
      { numRuns: 3000 },
    );
  });

  test('[SUP61][SUP62] the first time is muted and told, the second time is out', () => {
    const bob = {
      identity: liveIdentity('bob' as UserId),
      mayHear: false,
      audio: [{ sid: 't', muted: false }],
    };
    const edges = audibility({ floor: 'ai', humans: [] });
    expect(planRoom([bob], { ...everybody('call'), edges })).toEqual({
      first: [{ do: 'mute', identity: bob.identity, trackSid: 't', muted: true }],
      then: [],
      strays: [{ identity: bob.identity, outcome: 'muted' }],
    });
    expect(planRoom([bob], { ...everybody('call', true), edges })).toMatchObject({
      first: [{ do: 'remove', identity: bob.identity }, { do: 'mute' }],
      strays: [{ identity: bob.identity, outcome: 'removed' }],
    });
  });
});
