import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configurationPage, environmentExample } from './write-configuration.ts';

const root = join(import.meta.dirname, '../..');

test('[CLI3] the pages in the repository are the ones the settings make', () => {
  expect(readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8')).toBe(configurationPage());
  expect(readFileSync(join(root, '.env.example'), 'utf8')).toBe(environmentExample());
});
