import { AppError, type ErrorCode } from '#shared/errors/app-error.ts';

const AWAY: readonly ErrorCode[] = [
  'worker.unreachable',
  'link.closed',
  'link.timeout',
  'storage.unreachable',
];

/** The worker is away: what this desk has is better than nothing, and is said to be from here. A refusal is passed on (DST32). */
export const isAway = (error: unknown): boolean => AppError.is(error) && AWAY.includes(error.body.code);
