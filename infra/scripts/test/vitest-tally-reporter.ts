import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import type { SkippedTest, Tally } from './tally.ts';
import { REPORTS } from './reports.ts';

/** Unlike vitest's JSON report it keeps the reason of a skip, and counts files that did not load. */
export default class VitestTallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    const skipped: SkippedTest[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) failed += 1;
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) failed += 1;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'skipped') {
          skipped.push({ title: `${module.relativeModuleId} > ${test.fullName}`, reason: result.note ?? '' });
        } else failed += 1;
      }
    }
    const tally: Tally = { passed, failed, skipped };
    mkdirSync(dirname(REPORTS.vitest), { recursive: true });
    writeFileSync(REPORTS.vitest, JSON.stringify(tally));
  }
}
