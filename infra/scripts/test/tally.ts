import { existsSync, readFileSync } from 'node:fs';

/** What one runner reports about its tests. A skipped test says why it did not run. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
}

export interface SkippedTest {
  readonly title: string;
  readonly reason: string;
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: [] };

export function sumTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: [...sum.skipped, ...tally.skipped],
    }),
    NOTHING,
  );
}

/** A check that is one yes or no, such as the type-checker. */
export const singleCheck = (passed: boolean): Tally => ({
  passed: passed ? 1 : 0,
  failed: passed ? 0 : 1,
  skipped: [],
});

/**
 * The tally of a runner that writes its report last. A skip nobody explained counts as a failure,
 * and so does a runner that failed, or left no report, without naming a failed test.
 */
export function runnerTally(report: Tally | null, exitCode: number): Tally {
  if (report === null) return singleCheck(false);
  const unexplained = report.skipped.filter(test => test.reason === '').length;
  const failed = report.failed + unexplained;
  return {
    passed: report.passed,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.skipped.filter(test => test.reason !== ''),
  };
}

export function readTally(path: string): Tally | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Tally) : null;
}

export function closingLine({ passed, failed, skipped }: Tally): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped.length > 0 ? `${line}, ${skipped.length} skipped` : line;
}
