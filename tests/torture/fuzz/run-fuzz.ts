import fc from 'fast-check';
import { ERROR_CODES } from '#shared/errors/app-error.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { fuzzInputs } from './inputs.ts';

/** Inputs between two looks at whether good requests are still served. */
const LOOK_EVERY = 20;
const MAX_WORDS = 1500;

export interface FuzzOutcome {
  readonly failures: readonly string[];
  /** How often each answer was given. */
  readonly answers: Readonly<Record<string, number>>;
}

/** No answer may be a bug, and each has to be one that people can look up. */
const ANSWERS: ReadonlySet<string> = new Set([
  'ok',
  'ignored',
  ...ERROR_CODES.filter(code => code !== 'bug.invariant'),
]);

/** Throws `count` inputs at one boundary and says what did not hold. Inputs follow from the seed; a failure is shrunk. */
export async function runFuzz(target: FuzzTarget, count: number, seed: number): Promise<FuzzOutcome> {
  const failures: string[] = [];
  const answers: Record<string, number> = {};
  const onStray = (error: unknown): void =>
    void failures.push(`${target.name}: an error that nobody caught: ${String(error)}`);
  process.on('uncaughtException', onStray);
  process.on('unhandledRejection', onStray);
  const open = await target.open();
  let fed = 0;
  try {
    const found = await fc.check(
      fc.asyncProperty(fuzzInputs(target.seeds), async input => {
        const answer = await open.feed(input);
        if (!ANSWERS.has(answer)) throw new Error(`the answer was ${answer}`);
        answers[answer] = (answers[answer] ?? 0) + 1;
        fed += 1;
        if (fed % LOOK_EVERY === 0) await open.good();
        if (Object.keys(Object.prototype).length > 0) throw new Error('Object.prototype was written to');
      }),
      { numRuns: count, seed, interruptAfterTimeLimit: 900_000, markInterruptAsFailure: true },
    );
    if (found.failed)
      failures.push(
        `${target.name}: ${String(found.errorInstance)} ${fc.defaultReportMessage(found) ?? ''}`.slice(
          0,
          MAX_WORDS,
        ),
      );
    await open.good();
  } catch (error) {
    failures.push(`${target.name}: ${String(error)}`);
  } finally {
    await open.close();
    process.off('uncaughtException', onStray);
    process.off('unhandledRejection', onStray);
  }
  return { failures, answers };
}
