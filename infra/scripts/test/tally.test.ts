import { describe, expect, test } from 'vitest';
import { closingLine, firstLine, NOTHING, runnerTally, singleCheck, sumTallies } from './tally.ts';

const failure = { title: 'another test', message: 'it broke' };
const skippedFor = (reason: string) => ({ title: 'a test', reason });

describe('a runner that reported', () => {
  test('is taken at its word', () => {
    const report = { passed: 3, failures: [failure], skipped: [skippedFor('needs a screen')] };
    expect(runnerTally('unit', report, 1)).toEqual(report);
  });

  test('fails for a skip without a reason', () => {
    expect(runnerTally('unit', { passed: 3, failures: [], skipped: [skippedFor('')] }, 0)).toEqual({
      passed: 3,
      failures: [{ title: 'a test', message: 'skipped without a reason' }],
      skipped: [],
    });
  });

  test('fails when it exits with an error and names no failed test', () => {
    expect(runnerTally('unit', { passed: 3, failures: [], skipped: [] }, 1).failures).toEqual([
      { title: 'unit', message: 'ended with code 1 and named no failed test' },
    ]);
  });
});

test('a runner that left no report has failed, even with exit code 0', () => {
  expect(runnerTally('unit', null, 0)).toMatchObject({ passed: 0, failures: [{ title: 'unit' }] });
});

test('the closing line sums everything and mentions skips only when there are any', () => {
  const report = { passed: 3, failures: [failure], skipped: [skippedFor('needs a screen')] };
  expect(closingLine(sumTallies([report, singleCheck('lint', true), singleCheck('spec', false)]))).toBe(
    '4 passed, 2 failed, 1 skipped',
  );
  expect(closingLine(NOTHING)).toBe('0 passed, 0 failed');
});

test('of an error the first line is told, without colours', () => {
  expect(firstLine('\u001b[31mexpected 1\u001b[39m to be 2\n  at a line')).toBe('expected 1 to be 2');
  expect(firstLine(undefined)).toBe('');
});
