import { appError, toErrorBody, AppError, type ErrorCode } from './app-error.ts';

const CODES: Readonly<Record<string, readonly [code: ErrorCode, message: string]>> = {
  ENOSPC: ['storage.full', 'The disk is full. Free some space; nothing written so far is lost.'],
  EDQUOT: ['storage.full', 'The disk quota is used up. Free some space; nothing written so far is lost.'],
  EROFS: ['storage.read-only', 'The data folder cannot be written. Choose another with --data.'],
  EACCES: [
    'storage.read-only',
    'The data folder may not be written by this user. Choose another with --data.',
  ],
  EPERM: [
    'storage.read-only',
    'The data folder may not be written by this user. Choose another with --data.',
  ],
  ENOENT: ['storage.read-only', 'The data folder is not there. Choose another with --data.'],
  ENOTDIR: ['storage.read-only', 'The data folder is a file. Choose another with --data.'],
  EEXIST: ['storage.read-only', 'The data folder is a file. Choose another with --data.'],
};

/** Gives a failure of the file system its code; anything else stays what it was (DAY4). */
export function toFileError(cause: unknown): AppError {
  if (AppError.is(cause)) return cause;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const known = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  const { body } = known ? appError(known[0], known[1]) : { body: toErrorBody(cause, 'worker') };
  return new AppError(body, { cause });
}
