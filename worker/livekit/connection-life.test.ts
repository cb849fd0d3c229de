import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JOINED, stepConnection, type ConnectionInput } from './connection-life.ts';

const input: fc.Arbitrary<ConnectionInput> = fc.oneof(
  fc.constantFrom<ConnectionInput>(
    { type: 'recovering' },
    { type: 'recovered' },
    { type: 'rejoined' },
    { type: 'leave' },
    { type: 'rejoin-failed', refused: false },
    { type: 'rejoin-failed', refused: true },
  ),
  fc.integer({ min: 0, max: 16 }).map(reason => ({ type: 'lost' as const, reason })),
);

test('[ROOM5][ROOM6] whatever happens: lost and found are told in turn, and after an end nothing follows', () => {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 40 }), inputs => {
      let life = JOINED;
      let connected = true;
      let ended = false;
      for (const each of inputs) {
        const [next, effects] = stepConnection(life, each);
        if (ended) expect(effects).toEqual([]);
        for (const effect of effects) {
          if (effect.do === 'tell') {
            expect(effect.state === 'connected').toBe(!connected);
            connected = !connected;
          }
          if (effect.do === 'close') ended = true;
          // Never in a hot loop, never so late that a caller would have gone.
          if (effect.do === 'rejoin') expect(effect.afterMs).toBeLessThanOrEqual(3000);
        }
        // Out of the room means that somebody is on the way back in.
        if (each.type === 'lost' && next.name === 'rejoining' && life.name !== 'rejoining')
          expect(effects.some(effect => effect.do === 'rejoin')).toBe(true);
        if (next.name === 'left') ended = true;
        life = next;
      }
      expect(ended).toBe(life.name === 'closed' || life.name === 'left');
      if (!ended) expect(connected).toBe(life.name === 'joined');
    }),
    { numRuns: 1000 },
  );
});

test('[ROOM6] a deleted room and a place taken by somebody else are final; a server that went down is not', () => {
  const after = (reason: number): string => stepConnection(JOINED, { type: 'lost', reason })[0].name;
  expect([2, 4, 5, 10].map(after)).toEqual(['closed', 'closed', 'closed', 'closed']);
  expect([0, 3, 9, 14].map(after)).toEqual(['rejoining', 'rejoining', 'rejoining', 'rejoining']);
});

test('[ROOM5] a failed attempt is followed by another, for ever, unless the server refuses us', () => {
  let [life] = stepConnection(JOINED, { type: 'lost', reason: 14 });
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const [next, effects] = stepConnection(life, { type: 'rejoin-failed', refused: false });
    expect(effects).toMatchObject([{ do: 'rejoin' }]);
    life = next;
  }
  expect(stepConnection(life, { type: 'rejoin-failed', refused: true })[1]).toMatchObject([{ do: 'close' }]);
});
