import type { Journal } from '#shared/adapters/journal.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { CallSpan } from './call-span.ts';
import { NEW_TRACE, type OpenTrace } from './open-trace.ts';
import { stepTrace } from './step-trace.ts';

/** More than a worker full of calls makes while a collector that is away is waited for. */
const MAX_WAITING_SPANS = 4096;

/** Where spans go. */
export interface SpanSink {
  /** Takes them without waiting; what becomes of them is the sink's business. */
  send(spans: readonly CallSpan[]): void;
  /** Resolves when what was sent has arrived, or has been given up. */
  close(): Promise<void>;
}

export interface TracingDeps {
  readonly journal: Pick<Journal, 'onEntry'>;
  readonly sink: SpanSink;
  readonly onError: (error: unknown) => void;
}

export interface Tracing {
  stop(): Promise<void>;
}

/**
 * Makes spans of what calls log and sends them after each turn (TRC1). The log's listeners run in the audio path: there an event is
 * only put aside (TRC4).
 */
export function startTracing({ journal, sink, onError }: TracingDeps): Tracing {
  const traces = new Map<CallId, OpenTrace>();
  const finished = new Map<CallId, CallSpan[]>();
  let waiting: CallEvent[] = [];
  let scheduled: NodeJS.Immediate | null = null;

  const trace = (event: CallEvent): void => {
    const callId = event.conversationId;
    const [next, spans] = stepTrace(traces.get(callId) ?? NEW_TRACE, event);
    const all = [...(finished.get(callId) ?? []), ...spans].slice(-MAX_WAITING_SPANS);
    const isOver = next === null || spans.some(({ name }) => name === 'turn');
    if (next === null) traces.delete(callId);
    else traces.set(callId, next);
    if (isOver) finished.delete(callId);
    else finished.set(callId, all);
    if (isOver && all.length > 0) sink.send(all);
  };
  const traceAll = (): void => {
    scheduled = null;
    const events = waiting;
    waiting = [];
    for (const event of events)
      try {
        trace(event);
      } catch (error) {
        onError(error);
      }
  };
  const unsubscribe = journal.onEntry(({ event }) => {
    waiting.push(event);
    scheduled ??= setImmediate(traceAll);
  });
  return {
    stop: async () => {
      unsubscribe();
      if (scheduled) clearImmediate(scheduled);
      traceAll();
      for (const spans of finished.values()) sink.send(spans);
      await sink.close();
    },
  };
}
