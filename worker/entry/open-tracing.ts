import type { Journal } from '#shared/adapters/journal.ts';
import type { OtlpSinkOptions } from '#worker/traces/otlp-sink.ts';
import { startTracing, type SpanSink, type Tracing } from '#worker/traces/start-tracing.ts';
import type { Logger } from './log.ts';

/** OpenTelemetry's own variables; its exporter reads them itself. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;

export interface OpenTracingDeps {
  readonly workerId: string;
  readonly journal: Journal;
  readonly log: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The library takes 100 ms to load; without an endpoint nobody waits for it. */
  readonly loadSink?: () => Promise<{ readonly openOtlpSink: (options: OtlpSinkOptions) => SpanSink }>;
}

/** Sends spans where OpenTelemetry's variables say; null where they say nothing (TRC5). */
export async function openTracing({
  workerId,
  journal,
  log,
  environment,
  loadSink = () => import('#worker/traces/otlp-sink.ts'),
}: OpenTracingDeps): Promise<Tracing | null> {
  const endpoint = ENDPOINTS.map(name => environment[name] ?? '').find(value => value !== '');
  if (endpoint === undefined) return null;
  const { openOtlpSink } = await loadSink();
  log.info({ endpoint }, 'traces of calls are sent');
  const sink = openOtlpSink({
    workerId,
    onLost: (error, spans) => log.warn({ err: error, spans }, 'spans did not arrive'),
  });
  return startTracing({
    journal,
    sink,
    onError: error => log.error({ err: error }, 'an event could not be traced'),
  });
}
