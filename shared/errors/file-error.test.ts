import { expect, test } from 'vitest';
import { appError } from './app-error.ts';
import { toFileError } from './file-error.ts';

test.each([
  ['ENOSPC', 'storage.full'],
  ['EDQUOT', 'storage.full'],
  ['EROFS', 'storage.read-only'],
  ['EACCES', 'storage.read-only'],
  ['ENOTDIR', 'storage.read-only'],
  ['toString', 'bug.invariant'],
])('[DAY4] %s of the file system is %s', (code, expected) => {
  const cause = Object.assign(new Error('no'), { code });
  expect(toFileError(cause)).toMatchObject({ body: { code: expected }, cause });
});

test('[DAY4] what has a code keeps it, and what is no error is a bug', () => {
  const error = appError('storage.locked', 'x');
  expect(toFileError(error)).toBe(error);
  expect(toFileError(null).body.code).toBe('bug.invariant');
});
