import { expect, test } from 'vitest';
import type { FuzzTarget } from './fuzz-target.ts';
import { textOf, type FuzzInput } from './inputs.ts';
import { runFuzz } from './run-fuzz.ts';
import { FUZZ_TARGETS } from './targets.ts';

const SAMPLE = 300;
const SEED = 20_261_127;

test.each(FUZZ_TARGETS.map(target => [target.name, target] as const))(
  '[DAY30] %s answers whatever it is sent (300 inputs)',
  async (_name, target) => {
    const { failures, answers } = await runFuzz(target, SAMPLE, SEED);
    expect(failures).toEqual([]);
    expect(Object.values(answers).reduce((sum, times) => sum + times, 0)).toBe(SAMPLE);
  },
  120_000,
);

const saboteur = (
  feed: (input: FuzzInput) => string | Promise<string>,
  good = (): void => undefined,
): FuzzTarget => ({
  name: 'saboteur',
  seeds: [{ type: 'subscribe', after: 3, words: ['a', 'b'] }],
  open: () => Promise.resolve({ feed, good, close: () => undefined }),
});

test.each([
  [
    'throws',
    saboteur(() => {
      throw new Error('broken');
    }),
    /broken/u,
  ],
  ['answers with a bug', saboteur(() => 'bug.invariant'), /the answer was bug\.invariant/u],
  ['answers without a code', saboteur(() => 'oops'), /the answer was oops/u],
  [
    'breaks only for a rare near-valid input',
    saboteur(input => {
      const text = textOf(input);
      if (text.includes('"after":-1') && text.includes('subscribe')) throw new Error('rare');
      return 'ok';
    }),
    /rare/u,
  ],
  [
    'stops serving good requests',
    saboteur(
      () => 'ok',
      () => {
        throw new Error('deaf');
      },
    ),
    /deaf/u,
  ],
])('[DAY31] a boundary that %s is found', async (_what, target, said) => {
  const { failures } = await runFuzz(target, 500, SEED);
  expect(failures.join('\n')).toMatch(said);
});
