// Pictures of the console: `npm run shots` for all, `npm run shots -- product` or `scenes` for those of the documents,
// `npm run shots -- fixtures NAME` for states whose name matches.
// The running product and scenes go to docs/pictures, every screen and state to .cache/shots.
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumLaunch } from '#infra/config/chromium-launch.ts';
import { toneFile } from '#tests/e2e/tone-file.ts';
import { FIXTURE_SHOTS, SCENE_SHOTS, shootFixtures, type FixtureShot } from './fixture-shots.ts';
import { shootProduct } from './product-shots.ts';

const root = join(import.meta.dirname, '../..');
const [what = 'all', only = ''] = process.argv.slice(2);

const browser = await chromium.launch(chromiumLaunch([`--use-file-for-fake-audio-capture=${toneFile()}`]));
try {
  const draw = async (folder: string, shots: readonly FixtureShot[]): Promise<void> => {
    const faults = await shootFixtures(browser, join(root, folder), shots);
    for (const fault of faults) process.stdout.write(`${fault}\n`);
    process.stdout.write(`${folder}\n`);
    if (faults.length > 0) process.exitCode = 1;
  };
  const wanted = new RegExp(only, 'u');
  if (what === 'all' || what === 'product') await shootProduct(browser, join(root, 'docs/pictures'));
  if (what === 'all' || what === 'scenes') await draw('docs/pictures', SCENE_SHOTS);
  if (what === 'all' || what === 'fixtures')
    await draw(
      '.cache/shots',
      FIXTURE_SHOTS.filter(({ name }) => wanted.test(name)),
    );
} finally {
  await browser.close();
}
