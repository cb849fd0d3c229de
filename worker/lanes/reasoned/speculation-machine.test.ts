import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_OVERLAP,
  NO_SPECULATION,
  stepSpeculation,
  type SpeculationEffect,
  type SpeculationInput,
} from './speculation-machine.ts';

const text = fc.constantFrom('', 'where', 'where is', 'Where is?', 'where is it', 'no');
const input: fc.Arbitrary<SpeculationInput> = fc.oneof(
  fc.record({
    type: fc.constant('words' as const),
    text,
    kind: fc.constantFrom('interim' as const, 'final' as const),
  }),
  fc.constantFrom<SpeculationInput>(
    { type: 'caller.paused' },
    { type: 'caller.resumed' },
    { type: 'stable' },
    { type: 'context.changed', cause: 'note-arrived' },
    { type: 'turn.dropped', cause: 'floor-taken' },
  ),
  fc.record({ type: fc.constant('turn.committed' as const), text }),
  fc.record({
    type: fc.constant('draft.failed' as const),
    epoch: fc.nat({ max: 20 }),
    cause: fc.constantFrom('failed' as const, 'needs-tool' as const),
  }),
);

function run(
  inputs: readonly SpeculationInput[],
): readonly { asked: SpeculationInput; effects: readonly SpeculationEffect[] }[] {
  let machine = NO_SPECULATION;
  return inputs.map(asked => {
    const [next, effects] = stepSpeculation(machine, asked, DEFAULT_OVERLAP);
    machine = next;
    return { asked, effects };
  });
}

describe('SpeculationMachine', () => {
  test('[OVL1][OVL14] each draft has exactly one end before the next begins, and only a commit of its words adopts it (10,000 random runs)', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), inputs => {
        let open: number | null = null;
        for (const { asked, effects } of run(inputs)) {
          for (const effect of effects) {
            if (effect.do === 'draft') {
              expect(open).toBeNull();
              open = effect.epoch;
            }
            if (effect.do === 'discard' || effect.do === 'adopt') {
              expect(effect.epoch).toBe(open);
              open = null;
            }
            if (effect.do === 'adopt') expect(asked.type).toBe('turn.committed');
          }
          if (asked.type === 'turn.committed' || asked.type === 'turn.dropped') expect(open).toBeNull();
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test('[OVL13] however the words change, waste stays within its credit', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 200 }), inputs => {
        let wasted = 0;
        let turns = 0;
        for (const { asked, effects } of run(inputs)) {
          wasted += effects.filter(effect => effect.do === 'discard' && effect.cause !== 'needs-tool').length;
          expect(wasted).toBeLessThanOrEqual(2 + DEFAULT_OVERLAP.wastePerTurn * turns);
          if (asked.type === 'turn.committed') turns += 1;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
