import { DrizzleQueryError } from 'drizzle-orm';
import { AppError, type ErrorCode } from '#shared/errors/app-error.ts';

type Meaning = readonly [pattern: RegExp, code: ErrorCode, message: string, retryable: boolean];

const UNREACHABLE = 'The team’s database cannot be reached.';

/** What SQLSTATE codes and those of Node's sockets mean to people. Source: PostgreSQL 15 manual, appendix A. */
const CODES: readonly Meaning[] = [
  [/^53100$/, 'storage.full', 'The disk of the team’s database is full.', true],
  [/^25006$/, 'storage.read-only', 'The team’s database may only be read.', true],
  [/^(?:40001|40P01|55P03)$/, 'storage.locked', 'Another worker writes the same rows.', true],
  [/^XX00[12]$/, 'storage.corrupt', 'The team’s database says that its files are damaged.', false],
  [/^(?:08...|57P0.|57014|53300)$/, 'storage.unreachable', UNREACHABLE, true],
  [/^E(?:CONN|TIMEDOUT|PIPE|HOST|NET|AI_|NOTFOUND)|^ENOENT$/, 'storage.unreachable', UNREACHABLE, true],
  [
    /^(?:28...|3D000|42501)$|CERT|_TLS_|_SSL_/,
    'storage.refused',
    'The team’s database does not let this worker in. Check DATABASE_URL.',
    false,
  ],
  [/^2[23]/, 'storage.failed', 'The team’s database refused a record for what it holds.', false],
];

/** Failures of the client library that carry no code. */
const WORDS: readonly Meaning[] = [
  [
    /^Connection terminated|timeout|not queryable|connection error/i,
    'storage.unreachable',
    UNREACHABLE,
    true,
  ],
  [/SSL/, 'storage.refused', 'The team’s database does not speak TLS as DATABASE_URL asks.', false],
];

/** Gives a failure of PostgreSQL or of the way to it a `storage.*` code; what has a code keeps it. */
export function toPostgresError(cause: unknown): AppError {
  if (AppError.is(cause)) return cause;
  // The query builder wraps what the server said.
  if (cause instanceof DrizzleQueryError && cause.cause) return toPostgresError(cause.cause);
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const words = cause instanceof Error ? cause.message : '';
  const known =
    CODES.find(([pattern]) => pattern.test(code)) ??
    (code === '' ? WORDS.find(([pattern]) => pattern.test(words)) : undefined);
  return new AppError(
    {
      code: known?.[1] ?? 'storage.failed',
      message: known?.[2] ?? 'The team’s database refused to work. The log has the details.',
      retryable: known?.[3] ?? true,
      origin: 'worker',
    },
    { cause },
  );
}
