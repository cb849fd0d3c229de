/** Pauses between the tries: soon for a hiccup, long for an outage. The last one repeats. */
const PAUSES_MS: readonly number[] = [1000, 5000, 30_000, 120_000, 600_000];
/** With the pauses above about a working day. */
export const MAX_ATTEMPTS = 50;

/**
 * When to try again after `attempts` failed tries; `null` to give up (TIC21, TIC23). After a try whose end is not known the
 * server's search has to catch up first. Pure.
 */
export function retryDelayMs(
  attempts: number,
  failure: { readonly retryable: boolean; readonly unclear: boolean; readonly settleMs: number },
): number | null {
  if (!failure.retryable || attempts >= MAX_ATTEMPTS) return null;
  const pauseMs = PAUSES_MS[Math.min(attempts, PAUSES_MS.length) - 1] ?? 1000;
  return failure.unclear ? Math.max(pauseMs, failure.settleMs) : pauseMs;
}
