import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetone-path-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function place(name: string, mode: number): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
}

test('the first executable browser on PATH is taken', () => {
  const chromium = place('chromium', 0o755);
  expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(chromium);
});

test('CHROMIUM_PATH wins, and a wrong one is not papered over', () => {
  place('chromium', 0o755);
  const chosen = place('my-browser', 0o755);
  expect(findChromium({ PATH: folder, CHROMIUM_PATH: chosen })).toBe(chosen);
  expect(findChromium({ PATH: folder, CHROMIUM_PATH: join(folder, 'gone') })).toBeNull();
});
