import type { Clock } from '#shared/domain/clock.ts';
import { appError } from '#shared/errors/app-error.ts';

export interface Deadlines {
  readonly clock: Clock;
  readonly firstMs: number;
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/**
 * The same items, but none later than its deadline: past it the iteration throws `provider.timeout` (retryable). An aborted
 * signal ends it. The source is told to stop in both cases and not waited for, because a hung one never answers (PRO20).
 */
export async function* withDeadlines<Item>(
  source: AsyncIterable<Item>,
  { clock, firstMs, idleMs, signal }: Deadlines,
): AsyncGenerator<Item, void> {
  const iterator = source[Symbol.asyncIterator]();
  let patienceMs = firstMs;
  try {
    while (!signal.aborted) {
      const next = await inTime(iterator.next(), patienceMs, clock, signal);
      if (next === 'aborted' || next.done === true) return;
      patienceMs = idleMs;
      yield next.value;
    }
  } finally {
    iterator.return?.().catch(() => undefined);
  }
}

function inTime<Value>(
  promise: Promise<Value>,
  patienceMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Value | 'aborted'> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(patienceMs, () => {
      reject(
        appError('provider.timeout', `The provider sent nothing for ${String(patienceMs)} ms.`, {
          retryable: true,
          origin: 'provider',
        }),
      );
    });
    const onAbort = (): void => resolve('aborted');
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      cancel();
      signal.removeEventListener('abort', onAbort);
    });
  });
}
