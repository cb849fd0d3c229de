import { expect, test } from 'vitest';
import { isInstalled } from './install.mjs';

const wanted = {
  '': { version: '0.1.0' },
  'node_modules/zod': { version: '4.6.7' },
  'node_modules/native-for-another-system': { version: '1.0.0', optional: true },
};

test('what npm installed may lack optional packages only', () => {
  expect(isInstalled(wanted, { 'node_modules/zod': { version: '4.6.7' } })).toBe(true);
  expect(isInstalled(wanted, {})).toBe(false);
});

test('another version, or an installation that was cut short, is stale', () => {
  expect(isInstalled(wanted, { 'node_modules/zod': { version: '4.6.6' } })).toBe(false);
  expect(isInstalled(wanted, null)).toBe(false);
});
