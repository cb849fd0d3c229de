import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SettingsFile } from './settings-file.ts';

test('[IPC40] settings are kept, and a damaged file is set aside in words', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sidetone-settings-')), 'sub', 'settings.json');
  const first = new SettingsFile(file, () => undefined);
  expect(first.settings.theme).toBe('system');
  first.save({ theme: 'dark' });
  expect(new SettingsFile(file, () => undefined).settings.theme).toBe('dark');
  expect(existsSync(`${file}.new`)).toBe(false);
  writeFileSync(file, '{"theme":');
  const problems: string[] = [];
  expect(new SettingsFile(file, problem => problems.push(problem)).settings.theme).toBe('system');
  expect(problems).toHaveLength(1);
  expect(readFileSync(`${file}.damaged`, 'utf8')).toBe('{"theme":');
});

test('[IPC40] a disk that refuses leaves the settings as they were, with a code', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sidetone-settings-')), 'file');
  writeFileSync(file, 'a file where a folder should be');
  const settings = new SettingsFile(join(file, 'settings.json'), () => undefined);
  expect(() => settings.save({ theme: 'dark' })).toThrow(
    expect.objectContaining({ body: expect.objectContaining({ code: 'storage.failed' }) as unknown }),
  );
  expect(settings.settings.theme).toBe('system');
});
