import { chromium, type Page } from '@playwright/test';
import { chromiumLaunch } from '#infra/config/chromium-launch.ts';
import { callerSink, startConsoleHost, workerPidOf, type ConsoleHost } from '#tests/e2e/console-host.ts';
import { dropFigures } from './continuity/drop-figures.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';

const LIMIT_MS = 30_000;
const ASK_EVERY_MS = 10;

interface Kill {
  readonly shownMs: number;
  readonly connectedMs: number;
  readonly ringingMs: number;
  readonly audibleMs: number;
}

async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  const kills = full ? 50 : quick ? 3 : 8;
  const browser = await chromium.launch(chromiumLaunch());
  const host = await startConsoleHost('--seed', '7', '--calls-min', '3', '--calls-max', '5');
  const measured: Kill[] = [];
  try {
    const page = await browser.newPage();
    await page.goto(`${host.url}&probe=1`);
    for (let kill = 0; kill < kills; kill += 1) measured.push(await killInMidSentence(page, host, kill));
  } finally {
    await browser.close();
    await host.stop();
  }
  const figure = (
    metric: string,
    values: readonly number[],
    ratio: number,
    goal: Figure['goal'],
  ): Figure => ({
    bench: 'continuity',
    metric,
    value: Math.round(percentile(values, ratio)),
    unit: 'ms',
    arm: 'ours',
    n: values.length,
    goal,
    context: {
      fault: 'SIGKILL of the worker while the AI speaks',
      shell: 'Chromium through the browser host',
      clock: `the bench's own, asked every ${String(ASK_EVERY_MS)} ms`,
    },
  });
  const of = (part: keyof Kill): number[] => measured.map(one => one[part]);
  yield figure('kill_to_shown_p95_ms', of('shownMs'), 0.95, { max: 500 });
  yield figure('kill_to_connected_p50_ms', of('connectedMs'), 0.5, null);
  yield figure('kill_to_connected_p95_ms', of('connectedMs'), 0.95, null);
  yield figure('kill_to_new_caller_p50_ms', of('ringingMs'), 0.5, null);
  yield figure('kill_to_new_caller_p95_ms', of('ringingMs'), 0.95, null);
  yield figure('kill_to_audible_p50_ms', of('audibleMs'), 0.5, null);
  yield figure('kill_to_audible_p95_ms', of('audibleMs'), 0.95, null);
  yield* dropFigures(full ? 500 : quick ? 20 : 60);
}

/** Kills the worker while some caller hears the AI, and waits for each step until callers hear it again. */
async function killInMidSentence(page: Page, host: ConsoleHost, kill: number): Promise<Kill> {
  const before = await speakingWorker(host);
  // Somewhere in the sentence, at another place each time.
  await wait((kill % 5) * 120);
  const pid = await workerPidOf(before);
  const began = performance.now();
  const since = (): number => performance.now() - began;
  const shown = page
    .getByText('Worker lost')
    .first()
    .waitFor({ timeout: LIMIT_MS })
    .then(since, () => Number.POSITIVE_INFINITY);
  process.kill(pid, 'SIGKILL');
  const shownMs = await shown;
  const connectedMs = await page
    .getByText('Connected')
    .waitFor({ timeout: LIMIT_MS })
    .then(since, () => Number.POSITIVE_INFINITY);
  const old = new Set(before.callIds);
  let ringingMs = Number.POSITIVE_INFINITY;
  let audibleMs = Number.POSITIVE_INFINITY;
  while (since() < LIMIT_MS && audibleMs === Number.POSITIVE_INFINITY) {
    const callIds = (await callers(host)).filter(callId => !old.has(callId));
    if (callIds.length > 0) ringingMs = Math.min(ringingMs, since());
    for (const callId of callIds)
      if ((await callerSink({ workerUrl: host.workerUrl }, callId)).aiFrames > 0) audibleMs = since();
    await wait(ASK_EVERY_MS);
  }
  return { shownMs, connectedMs, ringingMs, audibleMs };
}

/** Waits until some caller hears the AI. */
async function speakingWorker(
  host: ConsoleHost,
): Promise<{ readonly workerUrl: string; readonly callIds: readonly string[] }> {
  for (;;) {
    const callIds = await callers(host);
    for (const callId of callIds) {
      const first = (await callerSink(host, callId)).aiFrames;
      await wait(60);
      if ((await callerSink(host, callId)).aiFrames > first) return { workerUrl: host.workerUrl, callIds };
    }
    await wait(ASK_EVERY_MS);
  }
}

async function callers({ workerUrl }: ConsoleHost): Promise<string[]> {
  try {
    const answer = await fetch(`${workerUrl}/api/test/callers`);
    return ((await answer.json()) as { callId: string }[]).map(({ callId }) => callId);
  } catch {
    return [];
  }
}

const wait = (forMs: number): Promise<void> => new Promise(resolve => setTimeout(resolve, forMs));

export const continuityBench: Bench = {
  name: 'continuity',
  description:
    'The worker is killed in mid-sentence and sockets are cut: until it is shown, connected, rings and is heard again (G9, without another host).',
  run,
};
