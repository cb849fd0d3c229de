import { z } from 'zod';

/** Dashboards, alerts and scripts key on these strings: renaming one is a migration. */
export const ERROR_CODES = [
  'access.denied',
  'access.too-often',
  'access.unauthenticated',
  'account.email-taken',
  'account.last-admin',
  'account.new-password-needed',
  'account.sign-in-needed',
  'account.unknown',
  'account.wrong-credentials',
  'bug.invariant',
  'call.already-ended',
  'call.unknown',
  'capsule.invalid',
  'chunk.already-speaking',
  'chunk.not-overridable',
  'chunk.too-late',
  'chunk.unknown',
  'chunk.nothing-to-veto',
  'command.conflict',
  'erasure.busy',
  'erasure.held',
  'grant.invalid',
  'input.invalid',
  'input.too-large',
  'knowledge.conflict',
  'knowledge.embedder-failed',
  'knowledge.refused',
  'knowledge.unknown',
  'lease.held-by-other',
  'lease.lost',
  'lease.not-held',
  'link.closed',
  'link.timeout',
  'media.lost',
  'media.refused',
  'media.no-device',
  'media.not-configured',
  'media.unreachable',
  'protocol.unknown',
  'provider.failed',
  'provider.rate-limited',
  'provider.refused',
  'provider.timeout',
  'provider.unreachable',
  'policy.invalid',
  'policy.judge-failed',
  'policy.version-taken',
  'recording.expired',
  'recording.none',
  'room.unknown',
  'storage.corrupt',
  'storage.full',
  'storage.locked',
  'storage.read-only',
  'storage.refused',
  'storage.schema-mismatch',
  'storage.unreachable',
  'storage.failed',
  'team.behind',
  'telephony.busy',
  'telephony.refused',
  'telephony.transfer-refused',
  'telephony.unknown-call',
  'telephony.unreachable',
  'ticketing.busy',
  'ticketing.malformed',
  'ticketing.misconfigured',
  'ticketing.refused',
  'ticketing.timeout',
  'ticketing.unknown-ticket',
  'ticketing.unreachable',
  'tool.already-settled',
  'tool.unknown-approval',
  'undo.too-late',
  'voice.failed',
  'worker.port-taken',
  'worker.stopping',
  'worker.unreachable',
] as const;
export const errorCodeSchema = z.enum(ERROR_CODES);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

/** The only error shape that crosses a process. Electron and the wire keep no classes. */
export const errorBodySchema = z.object({
  code: errorCodeSchema,
  /** For people: what happened and what to do next. Holds no caller words, numbers or keys. */
  message: z.string(),
  retryable: z.boolean(),
  origin: z.enum(['renderer', 'electron', 'worker', 'provider']),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;

const MARK = Symbol.for('sidetone.app-error'); // survives duplicate bundles, unlike instanceof

/** The outside world failed, or a request was refused, in a way we have a code for. */
export class AppError extends Error {
  readonly [MARK] = true;
  override readonly name = 'AppError';
  readonly body: ErrorBody;

  constructor(body: ErrorBody, options?: ErrorOptions) {
    super(body.message, options);
    this.body = body;
  }

  static is(error: unknown): error is AppError {
    return typeof error === 'object' && error !== null && MARK in error;
  }
}

/** Shorthand for the common case: not retryable, from the worker. */
export function appError(
  code: ErrorCode,
  message: string,
  more: Partial<Omit<ErrorBody, 'code' | 'message'>> = {},
): AppError {
  return new AppError({ code, message, retryable: false, origin: 'worker', ...more });
}

/** Turns whatever was thrown into the body that may cross a process; an unknown error tells nothing of itself. */
export function toErrorBody(error: unknown, origin: ErrorBody['origin']): ErrorBody {
  if (AppError.is(error)) return error.body;
  return {
    code: 'bug.invariant',
    message: 'Something failed inside Sidetone. The log has the details.',
    retryable: false,
    origin,
  };
}
