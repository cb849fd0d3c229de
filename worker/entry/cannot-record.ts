import { AppError, type ErrorBody } from '#shared/errors/app-error.ts';
import type { WorkerHealth } from '#worker/control/worker-health.ts';

/** What people at a desk read while nothing can be recorded: the AI stays silent, because a verdict is recorded before it is spoken. */
const SILENT = 'Nothing can be recorded, so the AI says nothing.';

/** The log could not be written (DAY10). The code is the store's; the words say what it means for the calls. */
export function cannotRecord(health: WorkerHealth, error: unknown): void {
  const body: ErrorBody = AppError.is(error)
    ? error.body
    : { code: 'storage.failed', message: 'The log could not be written.', retryable: true, origin: 'worker' };
  health.is({ ...body, message: `${SILENT} ${body.message}` });
}
