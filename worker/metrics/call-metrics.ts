import type { Journal } from '#shared/adapters/journal.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { NEW_CALL, observe, type CallMemory } from './observations.ts';
import { createPrometheus, type Prometheus, type PrometheusSources } from './prometheus.ts';

export interface CallMetricsDeps extends PrometheusSources {
  readonly journal: Pick<Journal, 'onEntry'>;
  readonly onError: (error: unknown) => void;
}

export interface CallMetrics {
  /** Everything that was logged before is counted in it. */
  text(): Promise<string>;
  readonly contentType: string;
  stop(): void;
}

/** Counts what calls log. The log's listeners run in the audio path: there an event is only put aside (OBS3). */
export function startCallMetrics({ journal, openCalls, hosts, onError }: CallMetricsDeps): CallMetrics {
  const prometheus = createPrometheus({ openCalls, hosts });
  const calls = new Map<CallId, CallMemory>();
  let waiting: CallEvent[] = [];
  let scheduled: NodeJS.Immediate | null = null;

  const count = (): void => {
    scheduled = null;
    const events = waiting;
    waiting = [];
    for (const event of events) {
      try {
        countEvent(event, calls, prometheus);
      } catch (error) {
        onError(error);
      }
    }
  };
  const unsubscribe = journal.onEntry(({ event }) => {
    waiting.push(event);
    scheduled ??= setImmediate(count);
  });
  return {
    contentType: prometheus.contentType,
    text: () => {
      count();
      return prometheus.text();
    },
    stop: () => {
      unsubscribe();
      if (scheduled) clearImmediate(scheduled);
    },
  };
}

function countEvent(event: CallEvent, calls: Map<CallId, CallMemory>, prometheus: Prometheus): void {
  const callId = event.conversationId;
  const [next, observations] = observe(calls.get(callId) ?? NEW_CALL, event);
  if (next === null) calls.delete(callId);
  else calls.set(callId, next);
  for (const observation of observations) prometheus.count(observation);
}
