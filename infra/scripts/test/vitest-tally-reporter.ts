import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter } from 'vitest/node';
import type { SkippedTest, Tally } from './tally.ts';
import { REPORTS } from './reports.ts';

/** Unlike vitest's JSON report it keeps the reason of a skip, and counts files that did not load. */
const reporter: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
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
  },
};

export default reporter;
