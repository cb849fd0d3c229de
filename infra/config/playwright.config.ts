import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';
import type { Shell } from '#tests/e2e/shell.ts';
import { toneFile } from '#tests/e2e/tone-file.ts';
import { chromiumLaunch } from './chromium-launch.ts';

const root = resolve(import.meta.dirname, '../..');

const tone = [`--use-file-for-fake-audio-capture=${toneFile()}`];

export default defineConfig<object, { shell: Shell }>({
  testDir: resolve(root, 'tests/e2e'),
  testMatch: '**/*.e2e.ts',
  outputDir: resolve(root, '.cache/playwright'),
  timeout: 60_000,
  workers: 1, // calls run in real time: side by side they would disturb each other's audio
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], [resolve(root, 'infra/scripts/test/playwright-tally-reporter.ts')]],
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: chromiumLaunch(tone),
  },
  globalSetup: resolve(root, 'tests/e2e/say-runtime.ts'),
  // The same console in both shells; what only one of them has is in a file of its own.
  projects: [
    {
      name: 'browser',
      use: { shell: 'browser' },
      testIgnore: ['**/desktop.e2e.ts', '**/offline.e2e.ts', '**/electron-conformance.e2e.ts'],
    },
    {
      name: 'desktop',
      use: { shell: 'desktop' },
      testIgnore: [
        '**/accounts.e2e.ts',
        '**/browser-host.e2e.ts',
        '**/caller-page.e2e.ts',
        '**/coach.e2e.ts',
        '**/crash.e2e.ts',
        '**/knowledge.e2e.ts',
        '**/livekit-console.e2e.ts',
        '**/remote-worker.e2e.ts',
        '**/room-link.e2e.ts',
      ],
    },
  ],
});
