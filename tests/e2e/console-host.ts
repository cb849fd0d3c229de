import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from '@playwright/test';

const root = join(import.meta.dirname, '../..');

/** The tone that stands for a person's voice: nothing else in a call is a pure 1 kHz. */
export const TONE_HZ = 1000;

export interface ConsoleHost {
  /** The printed address, token and all. */
  readonly url: string;
  readonly workerUrl: string;
  stop(): Promise<void>;
}

/** Starts the product as `npm run demo` does, on free ports and a fresh data folder. */
export async function startConsoleHost(...args: string[]): Promise<ConsoleHost> {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-e2e-'));
  const child = spawn(
    process.execPath,
    ['--no-warnings', 'electron/browser-host/main.ts', '--no-open', '--data', data, '--test-probe', ...args],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [url, workerUrl] = await Promise.all([
    lineWith(child, 'stdout', /http:\/\/\S+token=\S+/),
    lineWith(child, 'stderr', /http:\/\/127\.0\.0\.1:\d+/),
  ]);
  return {
    url,
    workerUrl,
    stop: async () => {
      const gone = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
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

/** A WAV of the tone, for Chromium's fake microphone. */
export function toneFile(): string {
  const samples = 16_000 * 5;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(16_000, 24);
  wav.writeUInt32LE(32_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples * 2, 40);
  for (let index = 0; index < samples; index += 1)
    wav.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * TONE_HZ * index) / 16_000)), 44 + index * 2);
  const file = join(mkdtempSync(join(tmpdir(), 'sidetone-tone-')), 'tone.wav');
  writeFileSync(file, wav);
  return file;
}

export interface CallerSink {
  readonly frames: number;
  readonly aiFrames: number;
  readonly aiFramesAfterFence: number;
  readonly rms: number;
  readonly toneLevel: number;
}

/** What a simulated caller has heard, measured in the worker. */
export async function callerSink(host: ConsoleHost, callId: string): Promise<CallerSink> {
  const answer = await fetch(`${host.workerUrl}/api/test/caller-sink/${callId}?hz=${String(TONE_HZ)}`);
  return (await answer.json()) as CallerSink;
}

/** Id of the running call of one caller; waits for them to ring. */
export async function callOf(host: ConsoleHost, displayName: string): Promise<string> {
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
