import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FullConfig, Reporter, Suite } from '@playwright/test/reporter';
import type { SkippedTest, Tally } from './tally.ts';
import { REPORTS } from './reports.ts';

export default class PlaywrightTallyReporter implements Reporter {
  #suite: Suite | null = null;
  #errors = 0;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#suite = suite;
  }

  onError(): void {
    this.#errors += 1;
  }

  onEnd(): void {
    let passed = 0;
    let failed = this.#errors;
    const skipped: SkippedTest[] = [];
    for (const test of this.#suite?.allTests() ?? []) {
      const outcome = test.outcome();
      if (outcome === 'expected') passed += 1;
      else if (outcome === 'skipped') {
        const annotations = [...test.annotations, ...test.results.flatMap(result => result.annotations)];
        const reason = annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description ?? '';
        skipped.push({ title: test.titlePath().filter(Boolean).join(' > '), reason });
      } else failed += 1;
    }
    const tally: Tally = { passed, failed, skipped };
    mkdirSync(dirname(REPORTS.playwright), { recursive: true });
    writeFileSync(REPORTS.playwright, JSON.stringify(tally));
  }

  printsToStdio(): boolean {
    return false;
  }
}
