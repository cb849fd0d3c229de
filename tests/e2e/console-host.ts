import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from '@playwright/test';
import { TONE_HZ } from './tone-file.ts';

const root = join(import.meta.dirname, '../..');

const WORKER_URL = /http:\/\/127\.0\.0\.1:\d+/;

/** Where the worker under test answers. */
export interface HasWorker {
  readonly workerUrl: string;
}

export interface ConsoleHost extends HasWorker {
  /** The printed address, token and all. */
  readonly url: string;
  stop(): Promise<void>;
  /** As a crash does: at once, without a word to the worker. */
  kill(): Promise<void>;
}

/** Starts the product as `npm run demo` does, on free ports and a fresh data folder. */
export const startConsoleHost = (...args: string[]): Promise<ConsoleHost> => startConsoleHostWith({}, args);

/** The same with variables of its own, for what is no argument: keys. */
export async function startConsoleHostWith(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<ConsoleHost> {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-e2e-'));
  const child = spawn(
    process.execPath,
    ['--no-warnings', 'electron/browser-host/main.ts', '--no-open', '--data', data, '--test-probe', ...args],
    {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [url, workerUrl] = await Promise.all([
    lineWith(child, 'stdout', /http:\/\/\S+token=\S+/),
    lineWith(child, 'stderr', WORKER_URL),
  ]);
  // A worker that is started anew answers at another port.
  let latestUrl = workerUrl;
  if (child.stderr)
    createInterface({ input: child.stderr }).on('line', line => {
      latestUrl = WORKER_URL.exec(line)?.[0] ?? latestUrl;
    });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  };
  return {
    url,
    get workerUrl() {
      return latestUrl;
    },
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function lineWith(child: ChildProcess, from: 'stdout' | 'stderr', pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = child[from];
    if (!stream) throw new Error('the host has no output');
    createInterface({ input: stream }).on('line', line => {
      const found = pattern.exec(line)?.[0];
      if (found) resolve(found);
    });
    child.once('exit', code => reject(new Error(`the host ended with ${String(code)}`)));
  });
}

export interface CallerSink {
  readonly frames: number;
  readonly aiFrames: number;
  readonly aiFramesAfterFence: number;
  readonly rms: number;
  readonly toneLevel: number;
}

/** What a simulated caller has heard, measured in the worker. */
export async function callerSink(host: HasWorker, callId: string): Promise<CallerSink> {
  const answer = await fetch(`${host.workerUrl}/api/test/caller-sink/${callId}?hz=${String(TONE_HZ)}`);
  return (await answer.json()) as CallerSink;
}

/** Id of the running call of one caller; waits for them to ring. */
export async function callOf(host: HasWorker, displayName: string): Promise<string> {
  for (;;) {
    const answer = await fetch(`${host.workerUrl}/api/test/callers`);
    const callers = (await answer.json()) as { callId: string; displayName: string }[];
    const caller = callers.find(candidate => candidate.displayName === displayName);
    if (caller) return caller.callId;
    await new Promise(resolve => setTimeout(resolve, 250));
  }
}

/** Counts requests for a device, from before the first script of the page runs. */
export async function countDevices(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const devices = navigator.mediaDevices;
    const open = devices.getUserMedia.bind(devices);
    let count = 0;
    Object.defineProperty(window, '__devicesOpened', { get: () => count });
    devices.getUserMedia = constraints => {
      count += 1;
      return open(constraints);
    };
  });
  return () => page.evaluate(() => (window as unknown as { __devicesOpened: number }).__devicesOpened);
}

/** Opens the call of one caller from the floor, once they are connected. */
export async function openCall(page: Page, displayName: string): Promise<void> {
  const row = page.getByText(displayName, { exact: true }).first();
  await row.waitFor({ timeout: 60_000 });
  await row.click();
  await page.keyboard.press('Enter');
  await page.getByRole('log').waitFor();
}

export async function probe(
  page: Page,
): Promise<{ playerRms: number; framesPlayed: number; micFramesSent: number; micMode: string }> {
  return page.evaluate(() => (window as unknown as { __sidetoneProbe: never }).__sidetoneProbe);
}

export async function workerPidOf({ workerUrl }: HasWorker): Promise<number> {
  const answer = await fetch(`${workerUrl}/api/test/pid`);
  return ((await answer.json()) as { workerPid: number }).workerPid;
}
