import type { ErrorCode } from '#shared/errors/app-error.ts';
import type { WorkerHostState } from './worker-host.ts';

/** A worker that fell this often in a row has more than an accident. */
export const KEEPS_FALLING_ATTEMPTS = 3;

/** Why there is no worker, for people: in its own last words if it had any (DAY6). */
export function wordsOf(
  { error, attempt, exitCode }: Extract<WorkerHostState, { name: 'waiting' }>,
  logFile: string,
): { readonly code: ErrorCode; readonly message: string } {
  if (error) return { code: error.code, message: `The worker cannot run. ${error.message}` };
  return {
    code: 'worker.unreachable',
    message:
      attempt < KEEPS_FALLING_ATTEMPTS
        ? 'The worker stopped and is being started again. Calls that were running have ended.'
        : `The worker keeps stopping (exit code ${String(exitCode)}). Its log is ${logFile}.`,
  };
}
