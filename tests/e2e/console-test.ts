import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, test as base, type Browser, type ElectronApplication, type Page } from '@playwright/test';
import { chromiumLaunch } from '#infra/config/chromium-launch.ts';
import { startConsoleHost } from './console-host.ts';
import { useElectronRuntime } from './electron-runtime.ts';
import type { Shell } from './shell.ts';
import { toneFile } from './tone-file.ts';

/** A console on real calls, in either shell, with a tone for a microphone. */
export interface OpenedConsole {
  readonly page: Page;
  readonly workerUrl: string;
  /** Null in the browser. */
  readonly app: ElectronApplication | null;
  stop(): Promise<void>;
}

/** Tests of the whole console run once in each shell; the project says which. */
export const test = base.extend<object, { shell: Shell }>({
  shell: ['browser', { option: true, scope: 'worker' }],
});

export interface OpenOptions {
  /** A data folder to use again; a fresh one that is removed afterwards when absent. */
  readonly data?: string;
  /** Runs in the page before its first script. */
  readonly init?: (page: Page) => Promise<unknown>;
}

export async function openConsole(
  shell: Shell,
  browser: Browser,
  args: readonly string[],
  { data, init = () => Promise.resolve() }: OpenOptions = {},
): Promise<OpenedConsole> {
  if (shell === 'desktop') return openDesktop(args, { init, ...(data === undefined ? {} : { data }) });
  const host = await startConsoleHost(...args, ...(data === undefined ? [] : ['--data', data]));
  const page = await browser.newPage();
  await init(page);
  await page.goto(`${host.url}&probe=1`);
  return {
    page,
    workerUrl: host.workerUrl,
    app: null,
    stop: async () => {
      await page.close();
      await host.stop();
    },
  };
}

export async function openDesktop(
  args: readonly string[],
  { data, init = () => Promise.resolve() }: OpenOptions = {},
): Promise<OpenedConsole & { readonly app: ElectronApplication }> {
  useElectronRuntime();
  const folder = data ?? mkdtempSync(join(tmpdir(), 'sidetone-desktop-'));
  const app = await _electron.launch({
    cwd: join(import.meta.dirname, '../..'),
    args: [
      '.',
      `--user-data-dir=${join(folder, 'electron')}`,
      ...(chromiumLaunch([`--use-file-for-fake-audio-capture=${toneFile()}`]).args ?? []),
      '--',
      '--data',
      folder,
      '--test-probe',
      ...args,
    ],
    colorScheme: null,
  });
  const workerUrl = await new Promise<string>((resolve, reject) => {
    let said = '';
    app.process().stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /worker at (http:\/\/127\.0\.0\.1:\d+)/u.exec(said)?.[1];
      if (found) resolve(found);
    });
    app
      .process()
      .once('exit', code => reject(new Error(`the desktop app ended with ${String(code)}: ${said}`)));
  });
  const page = await app.firstWindow();
  await init(page);
  await page.reload();
  return {
    page,
    workerUrl,
    app,
    stop: async () => {
      await app.close();
      if (data === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
