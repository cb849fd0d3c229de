import { existsSync, readFileSync } from 'node:fs';

/** What one runner reports about its tests. A skipped test says why it did not run. */
export interface Tally {
  readonly passed: number;
  readonly failures: readonly FailedTest[];
  readonly skipped: readonly SkippedTest[];
}

/** `message` is the first line of what went wrong. */
export interface FailedTest {
  readonly title: string;
  readonly message: string;
}

export interface SkippedTest {
  readonly title: string;
  readonly reason: string;
}

export const NOTHING: Tally = { passed: 0, failures: [], skipped: [] };

export function sumTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failures: [...sum.failures, ...tally.failures],
      skipped: [...sum.skipped, ...tally.skipped],
    }),
    NOTHING,
  );
}

/** A check that is one yes or no, such as the type-checker. */
export const singleCheck = (name: string, passed: boolean): Tally => ({
  passed: passed ? 1 : 0,
  failures: passed ? [] : [{ title: name, message: 'see what it printed' }],
  skipped: [],
});

/**
 * The tally of a runner that writes its report last. A skip nobody explained counts as a failure,
 * and so does a runner that failed, or left no report, without naming a failed test.
 */
export function runnerTally(name: string, report: Tally | null, exitCode: number): Tally {
  if (report === null)
    return { ...NOTHING, failures: [{ title: name, message: 'the runner did not finish' }] };
  const unexplained = report.skipped
    .filter(({ reason }) => reason === '')
    .map(({ title }) => ({ title, message: 'skipped without a reason' }));
  const failures = [...report.failures, ...unexplained];
  return {
    passed: report.passed,
    failures:
      failures.length === 0 && exitCode !== 0
        ? [{ title: name, message: `ended with code ${String(exitCode)} and named no failed test` }]
        : failures,
    skipped: report.skipped.filter(test => test.reason !== ''),
  };
}

/** The first line of an error, without the colours of a terminal. */
export function firstLine(message: string | undefined): string {
  const plain = (message ?? '').replaceAll(COLOURS, '').trim();
  return plain.split('\n', 1)[0]?.slice(0, 300) ?? '';
}
// eslint-disable-next-line no-control-regex -- the escape that begins every colour is a control character
const COLOURS = /\u001b\[[0-9;]*m/gu;

export function readTally(path: string): Tally | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Tally) : null;
}

export function closingLine({ passed, failures, skipped }: Tally): string {
  const line = `${String(passed)} passed, ${String(failures.length)} failed`;
  return skipped.length > 0 ? `${line}, ${skipped.length} skipped` : line;
}
