import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isStale } from './stale.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetone-stale-'));
  mkdirSync(join(folder, 'src/deep'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

function place(path: string, atS: number): void {
  writeFileSync(join(folder, path), '');
  for (let at = path; at !== '.'; at = join(at, '..')) utimesSync(join(folder, at), atS, atS);
}
const stale = () => isStale(join(folder, 'out.html'), [join(folder, 'src'), join(folder, 'gone')]);

test('an output that is newer than all its sources is not', () => {
  place('src/deep/a.ts', 100);
  place('out.html', 200);
  expect(stale()).toBe(false);
});

test('one newer file, however deep, makes it stale', () => {
  place('out.html', 200);
  place('src/deep/a.ts', 300);
  expect(stale()).toBe(true);
});

test('so does a deleted file', () => {
  place('out.html', 200);
  utimesSync(join(folder, 'src/deep'), 300, 300);
  expect(stale()).toBe(true);
});

test('what was never made is stale', () => {
  place('src/deep/a.ts', 100);
  expect(stale()).toBe(true);
});
