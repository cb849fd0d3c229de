import { expect, test } from 'vitest';
import { parseArguments } from './arguments.ts';

const PARTS = ['lint', 'unit', 'e2e'];

test('without --only every part runs and all arguments go to the test runner', () => {
  expect(parseArguments(['shared/domain'], PARTS)).toEqual({ only: PARTS, runnerArgs: ['shared/domain'] });
});

test.each([[['--only', 'unit,lint', '-t', 'gate']], [['--only=unit,lint', '-t', 'gate']]])(
  '%j chooses parts and passes the rest on',
  args => {
    expect(parseArguments(args, PARTS)).toEqual({ only: ['unit', 'lint'], runnerArgs: ['-t', 'gate'] });
  },
);

test.each([[['--only', 'unti']], [['--only']], [['--only=']]])('%j is refused', args => {
  expect(() => parseArguments(args, PARTS)).toThrow('--only takes lint,unit,e2e');
});
