// Pictures of the console: `npm run shots` for all, `npm run shots -- fixtures NAME` for states whose name matches.
// The running product goes to docs/pictures, every screen and state to .cache/shots.
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumLaunch } from '#infra/config/chromium-launch.ts';
import { toneFile } from '#tests/e2e/tone-file.ts';
import { shootFixtures } from './fixture-shots.ts';
import { shootProduct } from './product-shots.ts';

const root = join(import.meta.dirname, '../..');
const [what = 'all', only = ''] = process.argv.slice(2);

const browser = await chromium.launch(chromiumLaunch([`--use-file-for-fake-audio-capture=${toneFile()}`]));
try {
  if (what === 'all' || what === 'product') await shootProduct(browser, join(root, 'docs/pictures'));
  if (what === 'all' || what === 'fixtures') {
    const faults = await shootFixtures(browser, join(root, '.cache/shots'), new RegExp(only, 'u'));
    for (const fault of faults) process.stdout.write(`${fault}\n`);
    process.stdout.write('.cache/shots\n');
    if (faults.length > 0) process.exitCode = 1;
  }
} finally {
  await browser.close();
}
