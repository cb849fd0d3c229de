import { appError, AppError } from '#shared/errors/app-error.ts';

export const unknownTicket = (): AppError =>
  appError('ticketing.unknown-ticket', 'There is no such ticket in this org.', { origin: 'provider' });

export const timedOut = (): AppError =>
  appError('ticketing.timeout', 'The ticket system did not answer in time.', {
    origin: 'provider',
    retryable: true,
  });

/** What a server says of itself when it is only busy, and when it does not know a ticket. Its words go no further. */
const BUSY = /\b(?:429|503)\b|rate.?limit|too many requests|temporar|try again|unavailable/iu;
const UNKNOWN = /\b404\b|not.?found|no (?:such )?record|does not exist|unknown ticket/iu;

/** An answer that says no, as one of our codes (TIC12). */
export function refusalOf(text: string): AppError {
  if (BUSY.test(text))
    return appError('ticketing.busy', 'The ticket system is busy.', { origin: 'provider', retryable: true });
  if (UNKNOWN.test(text)) return unknownTicket();
  return appError('ticketing.refused', 'The ticket system refused the request. Its own log has the reason.', {
    origin: 'provider',
  });
}

export const malformed = (what: string): AppError =>
  appError('ticketing.malformed', `The ticket system answered with something else than ${what}.`, {
    origin: 'provider',
  });

/** Whether a failed try may have had an effect at the server all the same. */
export function isUnclear(error: unknown): boolean {
  if (!AppError.is(error)) return true;
  const { code } = error.body;
  return code === 'ticketing.timeout' || code === 'ticketing.unreachable' || code === 'ticketing.malformed';
}

/** Ends with `ticketing.timeout` when the signal aborts, whatever the work does. */
export async function untilAborted<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  if (signal.aborted) throw timedOut();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(timedOut());
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
