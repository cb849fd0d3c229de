import { describe, expect, test } from 'vitest';
import { closingLine, NOTHING, runnerTally, singleCheck, sumTallies } from './tally.ts';

const skippedFor = (reason: string) => ({ title: 'a test', reason });

describe('a runner that reported', () => {
  test('is taken at its word', () => {
    const report = { passed: 3, failed: 1, skipped: [skippedFor('needs a screen')] };
    expect(runnerTally(report, 1)).toEqual(report);
  });

  test('fails for a skip without a reason', () => {
    expect(runnerTally({ passed: 3, failed: 0, skipped: [skippedFor('')] }, 0)).toEqual({
      passed: 3,
      failed: 1,
      skipped: [],
    });
  });

  test('fails when it exits with an error and names no failed test', () => {
    expect(runnerTally({ passed: 3, failed: 0, skipped: [] }, 1).failed).toBe(1);
  });
});

test('a runner that left no report has failed, even with exit code 0', () => {
  expect(runnerTally(null, 0)).toEqual(singleCheck(false));
});

test('the closing line sums everything and mentions skips only when there are any', () => {
  const report = { passed: 3, failed: 1, skipped: [skippedFor('needs a screen')] };
  expect(closingLine(sumTallies([report, singleCheck(true), singleCheck(false)]))).toBe(
    '4 passed, 2 failed, 1 skipped',
  );
  expect(closingLine(NOTHING)).toBe('0 passed, 0 failed');
});
