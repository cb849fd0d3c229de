import { createHash } from 'node:crypto';
import type { CallId, TurnId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';

/** One piece of work of a call, as tracing knows it. Never a word, a name or a number of anybody (TRC3). */
export interface CallSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: SpanAttributes;
  readonly isError: boolean;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Who knows a call finds its trace: the id is made of the call's, on whatever host and after whatever restart (TRC2). */
export const traceIdOf = (callId: CallId): string => digest(`call ${callId}`, 32);

export const spanIdOf = (callId: CallId, what: string): string => digest(`${callId} ${what}`, 16);
const digest = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

export type SpanMaker = (
  name: string,
  startMs: number,
  endMs: number,
  more?: {
    readonly attributes?: SpanAttributes;
    readonly parentSpanId?: string | null;
    readonly isError?: boolean;
  },
) => CallSpan;

/** Spans that this event finishes; without a parent of their own they belong to the call. */
export function spanMaker({ conversationId: callId, orgId, id }: CallEvent): SpanMaker {
  const root = spanIdOf(callId, 'call');
  return (name, startMs, endMs, { attributes = {}, parentSpanId = root, isError = false } = {}) => ({
    name,
    traceId: traceIdOf(callId),
    spanId: spanIdOf(callId, `${name} ${id}`),
    parentSpanId,
    startMs: Math.min(startMs, endMs),
    endMs,
    attributes: { 'sidetone.call_id': callId, 'sidetone.org_id': orgId, ...attributes },
    isError,
  });
}

export const turnSpanId = (callId: CallId, turnId: TurnId): string => spanIdOf(callId, `turn ${turnId}`);
