import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDialable, readTransferTarget } from './transfer-target.ts';

test.each([
  ['+49 30 123-45', '+493012345'],
  ['(030) 123/45', '03012345'],
  ['sip:desk@example.org:5070', 'sip:desk@example.org:5070'],
  ['desk@example.org', 'sip:desk@example.org'],
  ['12', null],
  ['', null],
  ['call Anna', null],
  ['+49 30 x', null],
  ['sip:@example.org', null],
  ['a b@example.org', null],
])('[SUP70] %j is read as %j', (typed, target) => {
  expect(readTransferTarget(typed)).toBe(target);
});

test('[SUP70] whatever is typed, what is read can be dialled, and is read as itself again', () => {
  const typed = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[+0-9 ()./-]*$/u),
    fc.emailAddress(),
    fc.stringMatching(/^sips?:[a-z.]+@[a-z.]+$/u),
  );
  fc.assert(
    fc.property(typed, text => {
      const target = readTransferTarget(text);
      if (target === null) return;
      expect(isDialable(target)).toBe(true);
      expect(readTransferTarget(target)).toBe(target);
    }),
  );
});
