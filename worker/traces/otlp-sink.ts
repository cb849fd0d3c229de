import { SpanKind, SpanStatusCode, TraceFlags, type HrTime, type SpanContext } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { CallSpan } from './call-span.ts';
import type { SpanSink } from './start-tracing.ts';

export interface OtlpSinkOptions {
  readonly workerId: string;
  /** Spans that did not arrive. */
  readonly onLost: (error: unknown, spans: number) => void;
}

/**
 * Sends spans by OTLP over HTTP in protobuf. Endpoint, headers and time-out are OpenTelemetry's own variables, which its exporter
 * reads (`OTEL_EXPORTER_OTLP_ENDPOINT` and its kin); it tries again while a collector is busy.
 */
export function openOtlpSink({ workerId, onLost }: OtlpSinkOptions): SpanSink {
  const exporter = new OTLPTraceExporter();
  const resource = defaultResource().merge(
    resourceFromAttributes({
      'service.name': process.env['OTEL_SERVICE_NAME'] ?? 'sidetone-worker',
      'service.instance.id': workerId,
    }),
  );
  const readable = (span: CallSpan): ReadableSpan => ({
    name: span.name,
    kind: span.parentSpanId === null ? SpanKind.SERVER : SpanKind.INTERNAL,
    spanContext: () => contextOf(span.traceId, span.spanId),
    ...(span.parentSpanId === null ? {} : { parentSpanContext: contextOf(span.traceId, span.parentSpanId) }),
    startTime: timeOf(span.startMs),
    endTime: timeOf(span.endMs),
    duration: timeOf(span.endMs - span.startMs),
    status: { code: span.isError ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: { ...span.attributes, 'sidetone.trace_id': span.traceId },
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'sidetone' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  });
  return {
    send: spans =>
      exporter.export(spans.map(readable), ({ error }) => {
        if (error) onLost(error, spans.length);
      }),
    close: async () => {
      await exporter.forceFlush();
      await exporter.shutdown();
    },
  };
}

const contextOf = (traceId: string, spanId: string): SpanContext => ({
  traceId,
  spanId,
  traceFlags: TraceFlags.SAMPLED,
});

/** Whole seconds and nanoseconds; the log has fractions of milliseconds. */
function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
