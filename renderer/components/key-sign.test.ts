import { expect, test } from 'vitest';
import { ariaKey, keySign } from './key-sign.ts';

test.each([
  ['V', 'V', 'V'],
  ['Ctrl+Z', 'Ctrl Z', 'Control+Z'],
  ['ArrowUp', '↑', 'ArrowUp'],
  ['+', '+', '+'],
  ['Ctrl++', 'Ctrl +', 'Control++'],
  ['', '', undefined],
])('[KEY4] %s is shown as %s and told to screen readers as %s', (name, sign, aria) => {
  expect(keySign(name)).toBe(sign);
  expect(ariaKey(name)).toBe(aria);
});
