import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { firstLine, type FailedTest, type SkippedTest, type Tally } from './tally.ts';
import { REPORTS } from './reports.ts';

/** Unlike vitest's JSON report it keeps the reason of a skip, and counts files that did not load. */
export default class VitestTallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    const failures: FailedTest[] = unhandledErrors.map(error => ({
      title: 'outside of any test',
      message: firstLine(String((error as { message?: unknown }).message ?? error)),
    }));
    const fail = (title: string, [error]: readonly { readonly message: string }[]): void => {
      failures.push({ title, message: firstLine(error?.message) });
    };
    const skipped: SkippedTest[] = [];
    for (const module of modules) {
      const file = module.relativeModuleId;
      if (module.errors().length > 0) fail(file, module.errors());
      for (const suite of module.children.allSuites())
        if (suite.errors().length > 0) fail(`${file} > ${suite.fullName}`, suite.errors());
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'skipped') {
          skipped.push({ title: `${file} > ${test.fullName}`, reason: result.note ?? '' });
        } else fail(`${file} > ${test.fullName}`, result.errors ?? []);
      }
    }
    const tally: Tally = { passed, failures, skipped };
    mkdirSync(dirname(REPORTS.vitest), { recursive: true });
    writeFileSync(REPORTS.vitest, JSON.stringify(tally));
  }
}
