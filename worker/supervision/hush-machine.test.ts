import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  HUSH_AFTER_MS,
  HUSH_BY_HAND_LIMIT_MS,
  HUSH_LIMIT_MS,
  NO_HUSH,
  stepHush,
  type HushEffect,
  type HushInput,
} from './hush-machine.ts';

const words = (digits: number, more: Partial<Extract<HushInput, { type: 'words' }>> = {}): HushInput => ({
  type: 'words',
  digits,
  complete: false,
  overtaken: false,
  isFinal: false,
  ...more,
});

/** Runs inputs at their times; time passes to the end of the last one. */
function run(inputs: readonly (readonly [atMono: number, input: HushInput])[]): readonly string[] {
  let state = NO_HUSH;
  const told: string[] = [];
  for (const [atMono, input] of inputs) {
    const [next, effects] = stepHush(state, input, atMono);
    state = next;
    for (const effect of effects)
      told.push(`${effect.do} ${effect.cause}${effect.do === 'end' ? ` ${effect.durationMs}` : ''}`);
  }
  return told;
}
const time: HushInput = { type: 'time' };

describe('hush machine', () => {
  test('[HUSH1] seven digits begin it, six do not; a question does; the fifth key in a row does', () => {
    expect(run([[0, words(6)]])).toEqual([]);
    expect(run([[0, words(6)], [300, words(7)]])).toEqual(['start digits-spoken']); // prettier-ignore
    expect(run([[0, { type: 'asked' }]])).toEqual(['start asked-for-number']);
    const keys = (gapMs: number) => [0, 1, 2, 3, 4].map(at => [at * gapMs, { type: 'key' }] as const);
    expect(run(keys(400))).toEqual(['start keys-pressed']);
    expect(run(keys(6000))).toEqual([]);
  });

  test('[HUSH2] it ends 3 s after the number, later when digits follow it, and after 30 s at the latest', () => {
    const done = words(16, { complete: true });
    expect(run([[0, words(7)], [4000, done], [6999, time], [7000, time]])).toEqual(['start digits-spoken', 'end number-complete 7000']); // prettier-ignore
    expect(run([[0, words(7)], [4000, done], [6000, words(3)], [7000, time], [9000, time]])).toEqual(['start digits-spoken', 'end number-complete 9000']); // prettier-ignore
    expect(run([[0, words(7)], [29_000, words(12)], [HUSH_LIMIT_MS, time]])).toEqual(['start digits-spoken', 'end timeout 30000']); // prettier-ignore
    const other = words(0, { overtaken: true, isFinal: true });
    expect(run([[0, words(10)], [1000, other], [1000 + HUSH_AFTER_MS, time]])).toEqual(['start digits-spoken', 'end no-number 4000']); // prettier-ignore
    // Who is asked for a number looks for the card first.
    expect(run([[0, { type: 'asked' }], [2000, other], [9000, time]])).toEqual(['start asked-for-number']); // prettier-ignore
  });

  test('[HUSH7] by hand it begins and ends at once, is not begun again by the same number, and is over after two minutes', () => {
    expect(run([[0, { type: 'start-by-hand' }], [40_000, time], [HUSH_BY_HAND_LIMIT_MS, time]])).toEqual(['start supervisor', 'end timeout 120000']); // prettier-ignore
    expect(run([[0, words(8)], [500, { type: 'stop-by-hand' }], [800, words(9)], [900, words(10)]])).toEqual(['start digits-spoken', 'end supervisor 500']); // prettier-ignore
    const after = words(0, { overtaken: true, isFinal: true });
    expect(run([[0, words(8)], [500, { type: 'stop-by-hand' }], [900, after], [5000, words(8)]])).toEqual(['start digits-spoken', 'end supervisor 500', 'start digits-spoken']); // prettier-ignore
  });

  test('[HUSH8] whatever happens, starts and ends alternate, none lasts longer than its limit, and the end of the call ends it', () => {
    const input = fc.oneof(
      fc.record({
        type: fc.constant('words' as const),
        digits: fc.nat(20),
        complete: fc.boolean(),
        overtaken: fc.boolean(),
        isFinal: fc.boolean(),
      }),
      fc.record({ type: fc.constantFrom('asked', 'key', 'start-by-hand', 'stop-by-hand', 'time') }),
    ) as fc.Arbitrary<HushInput>;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(8000), input), { maxLength: 40 }), steps => {
        let state = NO_HUSH;
        let nowMono = 0;
        const effects: HushEffect[] = [];
        const step = (what: HushInput): void => {
          const [next, more] = stepHush(state, what, nowMono);
          state = next;
          effects.push(...more);
        };
        for (const [gapMs, what] of steps) {
          const untilMono = nowMono + gapMs;
          // The timer of the runner.
          while (state.name === 'on' && state.ends.atMono <= untilMono) {
            nowMono = Math.max(nowMono, state.ends.atMono);
            step(time);
          }
          nowMono = untilMono;
          step(what);
        }
        step({ type: 'call-ended' });
        expect(state.name).toBe('off');
        effects.forEach((effect, at) => expect(effect.do).toBe(at % 2 === 0 ? 'start' : 'end'));
        const byHand = steps.some(([, { type }]) => type === 'start-by-hand');
        for (const effect of effects)
          if (effect.do === 'end')
            expect(effect.durationMs).toBeLessThanOrEqual(byHand ? 400_000 : HUSH_LIMIT_MS);
      }),
      { numRuns: 1000 },
    );
  });
});
