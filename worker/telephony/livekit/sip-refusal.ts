import { ServerError, SipCallError } from 'livekit-server-sdk';
import type { LineFailure } from './line-end.ts';

/**
 * Why a dialled or transferred call failed, from what the server SDK threw. The SIP status decides, never the HTTP one: LiveKit
 * answers 429 for a busy line. A time-out carries no SIP status at all. Measured; docs/spec/sip.md SIP31.
 */
export function refusalOf(error: unknown): LineFailure {
  if (error instanceof SipCallError && error.sipStatusCode !== undefined)
    return ofSipStatus(error.sipStatusCode);
  return isTimeout(error) ? 'line.no-answer' : 'line.trunk-failed';
}

/** Whether nobody knows what became of it: the server stopped waiting, or we did. */
export function isTimeout(error: unknown): boolean {
  if (error instanceof SipCallError && error.sipStatusCode !== undefined) return false;
  if (error instanceof ServerError) return error.status === 408;
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}

function ofSipStatus(status: number): LineFailure {
  switch (status) {
    case 486:
    case 600:
      return 'line.busy';
    case 403:
    case 603:
    case 607:
    case 608:
      return 'line.declined';
    case 404:
    case 410:
    case 484:
    case 604:
      return 'line.unknown-number';
    case 480:
      return 'line.unavailable';
    case 408:
    case 487:
      return 'line.no-answer';
    default:
      return 'line.trunk-failed';
  }
}
