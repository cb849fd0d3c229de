import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { openDesktop, test } from './console-test.ts';

test.describe.configure({ mode: 'serial', timeout: 180_000 });

const START = ['--seed', '7', '--calls', '1'];

test('[DST4][DST6][DST52] the app opens with a damaged copy and with a store that cannot be made, says so, and works on', async () => {
  const data = mkdtempSync(join(tmpdir(), 'sidetone-offline-e2e-'));
  const store = join(data, 'desk-store');
  try {
    mkdirSync(join(store, 'bundled'), { recursive: true });
    writeFileSync(join(store, 'bundled', 'desk.sqlite'), 'this is no database'.repeat(500));
    const damaged = await openDesktop(START, { data });
    await damaged.page.getByRole('button', { name: 'Sync: Synced' }).click({ timeout: 90_000 });
    await expect(damaged.page.getByRole('dialog', { name: 'Sync' })).toContainText('storage.corrupt');
    await damaged.page.getByRole('button', { name: 'Try now' }).click();
    await damaged.stop();
    expect(readdirSync(join(store, 'bundled')).filter(name => name.includes('.damaged-'))).toHaveLength(1);

    rmSync(store, { recursive: true });
    writeFileSync(store, 'a file where a folder should be');
    const readOnly = await openDesktop(START, { data });
    await expect(readOnly.page.getByRole('heading', { name: 'Floor' })).toBeVisible();
    await readOnly.page
      .getByRole('button', { name: 'Sync: Nothing can be saved here' })
      .click({ timeout: 90_000 });
    await expect(readOnly.page.getByRole('dialog', { name: 'Sync' })).toContainText('storage.read-only');
    await readOnly.stop();
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
