import type { LaunchOptions } from '@playwright/test';
import { findChromium } from '../scripts/test/chromium.ts';

/** How browser tests start Chromium, for the runner and for tests that start one of their own. */
export function chromiumLaunch(moreArgs: readonly string[] = []): LaunchOptions {
  const executablePath = findChromium();
  return {
    ...(executablePath === null ? {} : { executablePath }),
    args: [
      // Chromium's sandbox refuses to start as root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      ...moreArgs,
    ],
  };
}
