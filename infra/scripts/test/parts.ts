import { globSync, rmSync } from 'node:fs';
import { runStep } from '../bootstrap/run-step.mjs';
import { BUILD_WHEN_STALE, LINT, PLAYWRIGHT, PRETTIER, TYPECHECK, VITEST } from '../bootstrap/tasks.mjs';
import { inRoot, ROOT } from '../bootstrap/paths.mjs';
import { canInstallByApt, findChromium, installByApt } from './chromium.ts';
import { REPORTS } from './reports.ts';
import { NOTHING, readTally, runnerTally, singleCheck, type Tally } from './tally.ts';

/** One runner of the whole test run. `exitCode` above 128 means that somebody stopped it. */
export interface Part {
  readonly name: string;
  run(runnerArgs: readonly string[]): Promise<{ readonly tally: Tally; readonly exitCode: number }>;
}

const run = (...argv: string[]) => runStep(process.execPath, { argv });

const check = (name: string, ...argv: string[]): Part => ({
  name,
  async run() {
    const exitCode = await run(...argv);
    return { tally: singleCheck(name, exitCode === 0), exitCode };
  },
});

const unit: Part = {
  name: 'unit',
  async run(runnerArgs) {
    rmSync(REPORTS.vitest, { force: true });
    const reporter = inRoot('infra', 'scripts', 'test', 'vitest-tally-reporter.ts');
    const exitCode = await run(...VITEST, '--reporter=default', `--reporter=${reporter}`, ...runnerArgs);
    return { tally: runnerTally('unit', readTally(REPORTS.vitest), exitCode), exitCode };
  },
};

const e2e: Part = {
  name: 'e2e',
  async run() {
    const files = globSync('tests/e2e/**/*.e2e.ts', { cwd: ROOT });
    if (files.length === 0) return { tally: NOTHING, exitCode: 0 };

    if (findChromium() === null && !canInstallByApt()) {
      const reason = 'Chromium is missing. Install it, or set CHROMIUM_PATH to the executable.';
      return { tally: { ...NOTHING, skipped: files.map(title => ({ title, reason })) }, exitCode: 0 };
    }
    if (findChromium() === null && !installByApt(['chromium']))
      return { tally: singleCheck('e2e', false), exitCode: 1 };

    for (const step of BUILD_WHEN_STALE) {
      const built = await runStep(process.execPath, step);
      if (built !== 0) return { tally: singleCheck('e2e', false), exitCode: built };
    }
    rmSync(REPORTS.playwright, { force: true });
    const exitCode = await run(...PLAYWRIGHT);
    return { tally: runnerTally('e2e', readTally(REPORTS.playwright), exitCode), exitCode };
  },
};

export const PARTS: readonly Part[] = [
  check('typecheck', ...TYPECHECK),
  check('lint', ...LINT, '.'),
  check('format', ...PRETTIER, '--check', '.'),
  check('spec', 'infra/scripts/check-spec.ts'),
  unit,
  e2e,
];
