import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FullConfig, Reporter, Suite, TestCase, TestError } from '@playwright/test/reporter';
import { firstLine, type FailedTest, type SkippedTest, type Tally } from './tally.ts';
import { REPORTS } from './reports.ts';

export default class PlaywrightTallyReporter implements Reporter {
  #suite: Suite | null = null;
  readonly #errors: FailedTest[] = [];

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#suite = suite;
  }

  onError({ message }: TestError): void {
    this.#errors.push({ title: 'outside of any test', message: firstLine(message) });
  }

  onEnd(): void {
    let passed = 0;
    const failures = [...this.#errors];
    const skipped: SkippedTest[] = [];
    for (const test of this.#suite?.allTests() ?? []) {
      const outcome = test.outcome();
      if (outcome === 'expected') passed += 1;
      else if (outcome === 'skipped') {
        const annotations = [...test.annotations, ...test.results.flatMap(result => result.annotations)];
        const reason = annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description ?? '';
        skipped.push({ title: titleOf(test), reason });
      } else failures.push({ title: titleOf(test), message: firstLine(test.results.at(-1)?.error?.message) });
    }
    const tally: Tally = { passed, failures, skipped };
    mkdirSync(dirname(REPORTS.playwright), { recursive: true });
    writeFileSync(REPORTS.playwright, JSON.stringify(tally));
  }

  printsToStdio(): boolean {
    return false;
  }
}

const titleOf = (test: TestCase): string => test.titlePath().filter(Boolean).join(' > ');
