import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';
import { chromiumLaunch } from './chromium-launch.ts';

const root = resolve(import.meta.dirname, '../..');

export default defineConfig({
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
    launchOptions: chromiumLaunch(),
  },
});
