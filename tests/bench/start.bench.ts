import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron } from '@playwright/test';
import { chromiumLaunch } from '#infra/config/chromium-launch.ts';
import { useElectronRuntime } from '#tests/e2e/electron-runtime.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';
import type { SourceReport, SourceSetup } from './floor/source-protocol.ts';
import { BenchChild } from './measure/child.ts';

const ROOT = join(import.meta.dirname, '../..');
const CALLS = 500;
/** Longest wait for something that should be there within seconds. */
const GIVE_UP_MS = 60_000;

type Profile = 'cold' | 'warm';

async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  const launches = full ? 30 : quick ? 3 : 8;
  const runtime = useElectronRuntime();
  const source = new BenchChild(join(import.meta.dirname, 'floor/floor-source.ts'));
  source.send({ calls: CALLS, peerFiles: {} } satisfies SourceSetup);
  const ready = await source.answer<SourceReport>();
  if (ready.name !== 'ready') throw new Error('the source did not start');
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-bench-start-'));
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, await sessionToken(ready.url, ready.bootSecret), { mode: 0o600 });
  const context = { shell: runtime.name, calls: CALLS, worker: 'runs already', pageCache: 'warm' };
  try {
    const warmFolder = join(folder, 'warm');
    for (const profile of ['cold', 'warm'] as const satisfies readonly Profile[]) {
      const oursMs: number[] = [];
      const bareMs: number[] = [];
      // The first start of a profile that is used again makes it; it is not counted.
      for (let launch = profile === 'warm' ? -1 : 0; launch < launches; launch += 1) {
        const data = profile === 'warm' ? warmFolder : join(folder, `cold-${String(launch)}`);
        const ours = await untilList(data, ready.url, tokenFile);
        const bare = await untilBareWindow(`${data}-bare`);
        if (launch < 0) continue;
        oursMs.push(ours);
        bareMs.push(bare);
      }
      const figure = (metric: string, value: number, more: Partial<Figure> = {}): Figure => ({
        bench: 'start',
        metric,
        value: Math.round(value * 100) / 100,
        unit: 'ms',
        arm: 'ours',
        n: launches,
        goal: null,
        context: { ...context, profile },
        ...more,
      });
      const ratios = oursMs.map((ours, at) => ours / (bareMs[at] ?? Number.NaN));
      yield figure('launch_to_list_p50_ms', percentile(oursMs, 0.5));
      yield figure('launch_to_list_p95_ms', percentile(oursMs, 0.95), { goal: { max: 1500 } });
      yield figure('launch_to_window_p50_ms', percentile(bareMs, 0.5), { arm: 'bare-shell' });
      yield figure('launch_ratio_to_bare_shell', percentile(ratios, 0.5), {
        unit: 'ratio',
        goal: { max: 1.6 },
      });
    }
  } finally {
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  yield* demoFigures(quick ? 2 : 5);
}

async function sessionToken(url: string, bootSecret: string): Promise<string> {
  const answer = await fetch(`${url}/api/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ bootSecret }),
  });
  return ((await answer.json()) as { token: string }).token;
}

/** From the launch to the list of all calls that follows an arrow key. */
async function untilList(data: string, workerUrl: string, tokenFile: string): Promise<number> {
  const began = performance.now();
  const app = await _electron.launch({
    cwd: ROOT,
    args: [
      '.',
      `--user-data-dir=${join(data, 'electron')}`,
      ...(chromiumLaunch().args ?? []),
      '--',
      '--data',
      data,
      '--test-probe',
      '--worker',
      workerUrl,
      '--worker-token',
      tokenFile,
    ],
    colorScheme: null,
  });
  try {
    const page = await app.firstWindow();
    const options = { timeout: GIVE_UP_MS, polling: 'raf' } as const;
    await page.waitForFunction(
      calls => document.querySelector('[role=table]')?.getAttribute('aria-rowcount') === String(calls + 1),
      CALLS,
      options,
    );
    const focused = await page.locator('[aria-current=true]').first().getAttribute('data-call');
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(
      before =>
        document.querySelector('[data-call][aria-current=true]')?.getAttribute('data-call') !== before,
      focused,
      options,
    );
    return performance.now() - began;
  } finally {
    await app.close();
  }
}

async function untilBareWindow(data: string): Promise<number> {
  const began = performance.now();
  const app = await _electron.launch({
    cwd: ROOT,
    args: [
      join(import.meta.dirname, 'start/bare-shell'),
      `--user-data-dir=${data}`,
      ...(chromiumLaunch().args ?? []),
    ],
    colorScheme: null,
  });
  try {
    const page = await app.firstWindow();
    await page.waitForFunction(() => document.querySelector('#here') !== null, null, { polling: 'raf' });
    return performance.now() - began;
  } finally {
    await app.close();
  }
}

/** `npm run demo` on a fresh data folder and again on the same one: to the first frame of the AI that a caller hears. */
async function* demoFigures(starts: number): AsyncGenerator<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-bench-demo-'));
  const firstMs = await untilAudible(folder);
  const againMs: number[] = [];
  for (let start = 0; start < starts; start += 1) againMs.push(await untilAudible(folder));
  rmSync(folder, { recursive: true, force: true });
  const figure = (metric: string, value: number, n: number, goal: Figure['goal']): Figure => ({
    bench: 'start',
    metric,
    value: Math.round(value),
    unit: 'ms',
    arm: 'ours',
    n,
    goal,
    context: {
      shell: 'browser host',
      // Part of the scenario: first ring 300 ms after the worker is ready, answered after 1,200 ms.
      scriptedMs: 1500,
      clock: 'the caller’s sink, asked every 20 ms',
    },
  });
  yield figure('demo_to_first_audible_fresh_ms', firstMs, 1, null);
  yield figure('demo_to_first_audible_again_p50_ms', percentile(againMs, 0.5), starts, { max: 3000 });
}

async function untilAudible(data: string): Promise<number> {
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--no-warnings',
      'infra/scripts/demo.ts',
      '--browser',
      '--no-open',
      '--test-probe',
      '--seed',
      '7',
      '--data',
      data,
    ],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  try {
    const workerUrl = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stderr }).on('line', line => {
        const found = /worker at (http:\S+)/u.exec(line)?.[1];
        if (found) resolve(found);
      });
      child.once('exit', code => reject(new Error(`the demo ended with ${String(code)}`)));
    });
    while (performance.now() - began < GIVE_UP_MS) {
      const callers = (await (await fetch(`${workerUrl}/api/test/callers`)).json()) as { callId: string }[];
      for (const { callId } of callers) {
        const sink = await fetch(`${workerUrl}/api/test/caller-sink/${callId}?hz=1000`);
        if (((await sink.json()) as { aiFrames: number }).aiFrames > 0) return performance.now() - began;
      }
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    return Number.POSITIVE_INFINITY;
  } finally {
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
}

export const startBench: Bench = {
  name: 'start',
  description:
    'Launch to a list of 500 calls that follows a key, beside a bare window; demo to the first sound a caller hears (G8).',
  run,
};
