import { APIConnectionError, APIStatusError, APITimeoutError } from '@livekit/agents';
import { type AppError } from '#shared/errors/app-error.ts';
import { asProviderError, codeOfStatus, providerError } from './provider-error.ts';

/** What a LiveKit plugin threw, as one of ours. A status below 400 is a WebSocket's closing code, not an answer. */
export function asPluginError(error: unknown): AppError {
  if (error instanceof APITimeoutError) return providerError('provider.timeout', error);
  if (error instanceof APIStatusError)
    return providerError(
      error.statusCode >= 400 && error.statusCode < 600 ? codeOfStatus(error.statusCode) : 'provider.failed',
      error,
    );
  if (error instanceof APIConnectionError) return providerError('provider.unreachable', error);
  return asProviderError(error);
}
