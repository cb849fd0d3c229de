import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audibility, hears, humanParty, type HumanOnCall, type MicMode } from './audibility.ts';
import type { UserId } from './ids.ts';

const people = ['ann', 'bob', 'cid'] as UserId[];
const human = (userId: UserId) =>
  fc.record({
    userId: fc.constant(userId),
    listening: fc.boolean(),
    mic: fc.constantFrom<MicMode>('monitor', 'armed', 'barge', 'live'),
    coaching: fc.boolean(),
  });
const humans = fc.subarray(people).chain(list => fc.tuple(...list.map(human)) as fc.Arbitrary<HumanOnCall[]>);
const input = fc.record({
  floor: fc.constantFrom<'ai' | 'human'>('ai', 'human'),
  humans,
  colleague: fc.boolean(),
  hold: fc.boolean(),
});
const onLine = (person: HumanOnCall): boolean => person.mic === 'barge' || person.mic === 'live';

function everyInput(
  check: (
    given: { floor: 'ai' | 'human'; humans: HumanOnCall[]; colleague: boolean; hold: boolean },
    edges: ReturnType<typeof audibility>,
  ) => void,
): void {
  fc.assert(
    fc.property(input, given => {
      check(given, audibility(given));
    }),
    { numRuns: 5000 },
  );
}

describe('audibility', () => {
  test('[HEAR1] the AI hears the caller and nobody else', () => {
    everyInput((_given, edges) => {
      expect(edges.filter(([, listener]) => listener === 'ai')).toEqual([['caller', 'ai']]);
    });
  });

  test('[HEAR2] the caller hears the AI exactly while it has the floor and nobody speaks', () => {
    everyInput(({ floor, humans: list, colleague, hold }, edges) => {
      const isFree = !list.some(onLine) && !colleague && !hold;
      expect(hears(edges, 'ai', 'caller')).toBe(floor === 'ai' && isFree);
    });
  });

  test('[HEAR3] a microphone that is armed or closed reaches nobody', () => {
    everyInput(({ humans: list }, edges) => {
      for (const person of list)
        expect(edges.some(([speaker]) => speaker === humanParty(person.userId)) && !onLine(person)).toBe(
          false,
        );
      for (const person of list.filter(onLine))
        expect(hears(edges, humanParty(person.userId), 'caller')).toBe(true);
    });
  });

  test('[HEAR4][HEAR5] a listener hears what the caller hears and the caller, and never themselves', () => {
    everyInput(({ humans: list }, edges) => {
      for (const person of list) {
        const me = humanParty(person.userId);
        const heard = edges
          .filter(([speaker, listener]) => listener === me && !speaker.startsWith('coach:'))
          .map(([speaker]) => speaker);
        const callers = edges.filter(([, listener]) => listener === 'caller').map(([speaker]) => speaker);
        const wanted =
          person.listening || onLine(person) ? ['caller', ...callers.filter(speaker => speaker !== me)] : [];
        expect([...heard].sort()).toEqual([...wanted].sort());
      }
    });
  });

  test('[HEAR6] a coach reaches whoever speaks to the caller and nobody else, and adds no other edge', () => {
    everyInput((given, edges) => {
      const speakers = given.humans.filter(onLine).map(person => humanParty(person.userId));
      const coaches = given.humans.filter(person => person.coaching === true && !onLine(person));
      const whispered = edges.filter(([from]) => from.startsWith('coach:'));
      expect(whispered).toHaveLength(coaches.length * speakers.length);
      for (const [, listener] of whispered) expect(speakers).toContain(listener);
      const without = given.humans.map(({ coaching: _coaching, ...rest }) => rest);
      expect(edges.filter(edge => !whispered.includes(edge))).toEqual(
        audibility({ ...given, humans: without }),
      );
      expect(audibility({ ...given, hush: 'everybody' }).some(([from]) => from.startsWith('coach:'))).toBe(
        false,
      );
    });
  });

  test('[HEAR7] a colleague on the phone and the caller hear each other and whoever speaks, and nobody else hears the colleague but listeners', () => {
    everyInput((given, edges) => {
      const { colleague, humans: list } = given;
      expect(hears(edges, 'colleague', 'caller')).toBe(colleague);
      const heard = edges.filter(([, listener]) => listener === 'colleague').map(([speaker]) => speaker);
      const speakers = list.filter(onLine).map(person => humanParty(person.userId));
      expect(heard.toSorted()).toEqual(colleague ? ['caller', ...speakers].toSorted() : []);
      const listeners = list
        .filter(person => person.listening || onLine(person))
        .map(person => person.userId);
      const hearing = edges.filter(([speaker]) => speaker === 'colleague').map(([, listener]) => listener);
      expect(hearing.toSorted()).toEqual(
        colleague ? ['caller', ...listeners.map(userId => humanParty(userId))].toSorted() : [],
      );
    });
  });

  test('[HEAR7][HUSH3] a hush takes the caller from a colleague only where it takes them from everybody', () => {
    everyInput((given, _edges) => {
      for (const hush of ['listeners', 'everybody'] as const) {
        const edges = audibility({ ...given, colleague: true, hush });
        expect(hears(edges, 'caller', 'colleague')).toBe(hush === 'listeners');
        expect(hears(edges, 'colleague', 'caller')).toBe(true);
      }
    });
  });

  test('[HEAR8] on hold the tone is all that the caller and listeners hear, until somebody speaks or a colleague has the caller', () => {
    everyInput((given, edges) => {
      const { colleague, hold, humans: list } = given;
      const toCaller = edges.filter(([, listener]) => listener === 'caller').map(([speaker]) => speaker);
      const isTone = hold && !colleague && !list.some(onLine);
      if (isTone) expect(toCaller).toEqual(['hold']);
      else expect(toCaller).not.toContain('hold');
      if (hold) expect(hears(edges, 'ai', 'caller')).toBe(false);
      const listeners = list.filter(person => person.listening).map(person => humanParty(person.userId));
      const hearing = edges.filter(([speaker]) => speaker === 'hold').map(([, listener]) => listener);
      expect(hearing.toSorted()).toEqual(isTone ? ['caller', ...listeners].toSorted() : []);
      // Whoever speaks is heard as if there were no hold.
      if (list.some(onLine)) expect(edges).toEqual(audibility({ ...given, hold: false }));
    });
  });
});
