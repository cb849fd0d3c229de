import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { callOf, openCall, startConsoleHost } from './console-host.ts';
import { openConsole, test } from './console-test.ts';

// A trace of two shells in one test: when the first is closed it takes away the files of both.
test.use({ trace: 'off' });
test.describe.configure({ timeout: 240_000 });

/** An address of this machine at which nobody answers. */
async function nobodyAt(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : 0)}`;
}

/** Drops a file on the window, as a hand does. */
async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const data = await page.evaluateHandle(
    ({ name: called, letters }) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(letters), letter => letter.charCodeAt(0));
      transfer.items.add(new File([content], called));
      return transfer;
    },
    { name, letters: Buffer.from(bytes).toString('base64') },
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: data });
  await expect(page.getByText('Drop a capsule here: it opens read only')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  await expect(page.getByText('Drop a capsule here: it opens read only')).toBeHidden();
}

/** What the page gives to be saved: not every shell of the tests tells of a download. */
async function savedBlob(page: Page): Promise<() => Promise<Uint8Array>> {
  await page.evaluate(() => {
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = blob => {
      Object.assign(window, { __saved: blob });
      return make(blob);
    };
  });
  return async () => {
    await page.waitForFunction(() => '__saved' in window, null, { timeout: 60_000 });
    const letters = await page.evaluate(async () => {
      const bytes = new Uint8Array(await (window as unknown as { __saved: Blob }).__saved.arrayBuffer());
      return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
    });
    return Buffer.from(letters, 'base64');
  };
}

const banner = (page: Page) => page.getByText('Capsule, read only').locator('..');

test('[ARC10][ARC11][ARC13][ARC14] a capsule of a call is made, opened at a desk without a worker, replayed, and caught when it was edited', async ({
  browser,
  shell,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-capsule-'));
  const file = join(folder, 'rosa.sidetone-capsule');
  const maker = await openConsole(shell, browser, ['--seed', '7', '--calls-min', '3', '--calls-max', '5']);
  try {
    const callId = await callOf(maker, 'Rosa Lindqvist');
    await openCall(maker.page, 'Rosa Lindqvist');
    // A caller who cuts in on the greeting is not recorded: such a capsule has no sound, and says why.
    const recorded = (): Promise<boolean> => maker.page.evaluate(id => fetch(`/desk/recordings/${id}`, { headers: { range: 'bytes=0-0' } }).then(({ ok }) => ok), callId); // prettier-ignore
    for (let tries = 0; tries < 15 && !(await recorded()); tries += 1) await maker.page.waitForTimeout(1_000);
    await maker.page.waitForTimeout(3_000);
    await maker.page.getByRole('button', { name: /^End call/u }).click();
    await maker.page.getByRole('dialog').getByRole('button', { name: 'End call' }).click();
    const save = maker.page.getByRole('button', { name: 'Save as capsule' });
    await expect(save).toBeVisible({ timeout: 30_000 });
    const saved = await savedBlob(maker.page);
    await save.click();
    writeFileSync(file, await saved());
    // At the desk that made it, the palette opens it, and it is its own worker's.
    await maker.page.keyboard.press('Control+k');
    const chooser = maker.page.waitForEvent('filechooser');
    await maker.page.getByRole('option', { name: /^Open a capsule/u }).click();
    await (await chooser).setFiles(file);
    await expect(banner(maker.page)).toContainText(
      'All hashes match. Signed by the worker this desk is signed in to.',
    );
    if (maker.app) {
      // The menu of the desktop asks for a file, and the page takes it from the desk.
      await maker.page.keyboard.press('Escape');
      await expect(banner(maker.page)).toBeHidden();
      await maker.app.evaluate(({ dialog, Menu }, path) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
        Menu.getApplicationMenu()?.getMenuItemById('open-capsule')?.click();
      }, file);
      await expect(banner(maker.page)).toContainText('Signed by the worker this desk is signed in to.');
    }
  } finally {
    await maker.stop();
  }

  const token = join(folder, 'token');
  writeFileSync(token, 'no session of anybody\n', { mode: 0o600 });
  const reader = await startConsoleHost('--worker', await nobodyAt(), '--worker-token', token);
  const page = await browser.newPage();
  try {
    await page.goto(`${reader.url}&probe=1`);
    await expect(page.getByText('This desk cannot start')).toBeVisible({ timeout: 30_000 });
    const address = page.url();
    await drop(page, 'cat.png', strToU8('PNG, and no capsule'));
    await expect(page.getByText('cat.png is no capsule. Only a capsule can be opened here.')).toBeVisible();
    await drop(page, 'half.sidetone-capsule', readFileSync(file).subarray(0, 500));
    await expect(page.getByText('This file is no capsule, or a part of it is missing.')).toBeVisible();
    expect(page.url()).toBe(address);

    await drop(page, 'rosa.sidetone-capsule', readFileSync(file));
    await expect(banner(page)).toContainText('Signed by a key this desk does not know:');
    await expect(banner(page)).toHaveAttribute('role', 'alert');
    await expect(page.getByRole('log')).toContainText(/\w/u);
    // Read only: nothing of a call can be done to it.
    await expect(
      page.getByRole('button', { name: /^(?:Take over|Listen|End call|Save as capsule)/u }),
    ).toHaveCount(0);
    // It replays, with its lanes, and with its sound and its shape where it was made with them.
    await expect(page.getByRole('slider', { name: 'Position in the call' })).toBeVisible();
    const hasSound = unzipSync(readFileSync(file))['audio.ogg'] !== undefined;
    await expect(page.locator('.recording-shape')).toHaveCount(hasSound ? 1 : 0);
    await expect(banner(page).getByText('No sound:')).toHaveCount(hasSound ? 0 : 1);
    await page.getByRole('slider', { name: 'Position in the call' }).press('Home');
    await page.getByRole('button', { name: /^Play/u }).click();
    if (hasSound) await expect(page.getByRole('img', { name: 'With sound' })).toBeVisible();
    await expect
      .poll(() =>
        page.evaluate(() => Number(document.querySelector<HTMLInputElement>('.replay-range')?.value)),
      )
      .toBeGreaterThan(500);

    const files = { ...unzipSync(readFileSync(file)) };
    const lines = strFromU8(files['events.jsonl'] ?? new Uint8Array()).split('\n');
    const at = lines.findIndex(line => line.includes('"type":"chunk.drafted"'));
    lines[at] = (lines[at] ?? '').replace('"text":"', '"text":"By no means: ');
    files['events.jsonl'] = strToU8(lines.join('\n'));
    await drop(page, 'edited.sidetone-capsule', zipSync(files));
    await expect(banner(page)).toContainText(`Event ${String(at)} is not as it was chained.`);
    await expect(banner(page)).toContainText('events.jsonl is not the file that was put in.');
  } finally {
    await page.close();
    await reader.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
