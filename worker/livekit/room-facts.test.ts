import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deafened, roomFacts, type MemberState, type RoomSnapshot } from './room-facts.ts';
import type { RoomFact } from './worker-room.ts';

const identities = ['caller-1', 'sup-u1-live', 'sip_+49'];
const state = (identity: string): fc.Arbitrary<MemberState> =>
  fc
    .tuple(
      fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'), { noNullPrototype: true }),
      fc.constantFrom('on' as const, 'muted' as const, 'off' as const),
    )
    .map(([attributes, audio]) => ({
      member: { identity, name: identity, kind: 'standard', attributes },
      audio,
    }));
const snapshot: fc.Arbitrary<RoomSnapshot> = fc
  .tuple(...identities.map(identity => fc.option(state(identity), { nil: null })))
  .map(states => new Map(states.flatMap(each => (each ? [[each.member.identity, each]] : []))));

/** A listener that believes only what it is told, and only where it makes sense. */
function follow(believed: Map<string, MemberState>, fact: RoomFact): void {
  switch (fact.type) {
    case 'member.joined':
      expect(believed.has(fact.member.identity)).toBe(false);
      believed.set(fact.member.identity, { member: fact.member, audio: 'off' });
      return;
    case 'member.left':
      expect(believed.get(fact.member.identity)?.audio).toBe('off');
      believed.delete(fact.member.identity);
      return;
    case 'attributes.changed': {
      const old = believed.get(fact.member.identity);
      const attributes = { ...old?.member.attributes, ...fact.changed };
      believed.set(fact.member.identity, {
        member: { ...fact.member, attributes: withoutEmpty(attributes) },
        audio: old?.audio ?? 'off',
      });
      return;
    }
    case 'audio.changed': {
      const old = believed.get(fact.identity);
      if (!old) throw new Error('audio of somebody who is not there');
      expect(old.audio).not.toBe(fact.audio);
      believed.set(fact.identity, { ...old, audio: fact.audio });
      return;
    }
    default:
      throw new Error(`not a difference: ${fact.type}`);
  }
}

const withoutEmpty = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''));

test('[ROOM3] who follows the facts knows the room, whatever happens in it', () => {
  fc.assert(
    fc.property(fc.array(snapshot, { maxLength: 8 }), snapshots => {
      const believed = new Map<string, MemberState>();
      let before: RoomSnapshot = new Map();
      for (const after of snapshots) {
        for (const fact of roomFacts(before, after, () => 1)) follow(believed, fact);
        expect(believed).toEqual(after);
        before = after;
      }
    }),
    { numRuns: 500 },
  );
});

test('[ROOM3] nothing new is no fact; out of the room nobody is heard and nobody has left', () => {
  fc.assert(
    fc.property(snapshot, before => {
      expect(roomFacts(before, before, () => 1)).toEqual([]);
      for (const fact of roomFacts(before, deafened(before), () => 1))
        expect(fact).toMatchObject({ type: 'audio.changed', audio: 'off' });
    }),
  );
});
