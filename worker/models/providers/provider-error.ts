import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { AppError, appError, type ErrorCode } from '#shared/errors/app-error.ts';

/** What came of a request, in words that hold nothing of what was sent: providers quote prompts and keys in their errors. */
const WORDS = {
  'provider.rate-limited': 'The provider takes no more requests for now.',
  'provider.refused': 'The provider refused the request. Check the key, the model and the address.',
  'provider.unreachable': 'The provider cannot be reached.',
  'provider.timeout': 'The provider took too long.',
  'provider.failed': 'The provider failed.',
} as const satisfies Partial<Record<ErrorCode, string>>;
export type ProviderErrorCode = keyof typeof WORDS;

/** Retryable is what may work a moment later with the same request (PRO21). */
export function providerError(code: ProviderErrorCode, cause?: unknown): AppError {
  return new AppError(
    appError(code, WORDS[code], { retryable: code !== 'provider.refused', origin: 'provider' }).body,
    { cause },
  );
}

/** By HTTP status: 408 and 5xx may pass, 429 asks for patience, the other 4xx will stay. */
export function codeOfStatus(status: number): ProviderErrorCode {
  if (status === 429) return 'provider.rate-limited';
  if (status === 408) return 'provider.timeout';
  return status >= 400 && status < 500 ? 'provider.refused' : 'provider.failed';
}

/** Whatever a client threw, as one of ours; ours stay as they are. */
export function asProviderError(error: unknown): AppError {
  if (AppError.is(error)) return error;
  if (error instanceof APIConnectionTimeoutError) return providerError('provider.timeout', error);
  if (error instanceof APIConnectionError) return providerError('provider.unreachable', error);
  if (error instanceof APIUserAbortError) return providerError('provider.failed', error);
  if (error instanceof APIError && typeof error.status === 'number')
    return providerError(codeOfStatus(error.status), error);
  return providerError('provider.failed', error);
}
