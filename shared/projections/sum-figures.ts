import {
  CALL_OUTCOMES,
  type CallOutcome,
  type EndedCallFigures,
  type FigureSpan,
  type Percentiles,
  type WindowFigures,
} from '#shared/domain/call-figures.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Up to this length a window is shown by the hour. */
const BY_HOUR_MS = 2 * DAY_MS;

/** Adds up the calls that ended in `[fromMs, toMs)` (MET3-MET6). */
export function sumFigures(calls: readonly EndedCallFigures[], fromMs: number, toMs: number): WindowFigures {
  const inWindow = calls.filter(({ endedAtMs }) => endedAtMs >= fromMs && endedAtMs < toMs);
  const all = inWindow.map(({ figures }) => figures);
  const answered = all.filter(({ outcome }) => outcome === 'succeeded' || outcome === 'cut-off');
  const contained = all.filter(({ outcome, escalated }) => outcome === 'succeeded' && !escalated);
  const sum = (of: (figures: (typeof all)[number]) => number): number =>
    all.reduce((total, figures) => total + of(figures), 0);
  const outcomes = countOutcomes(inWindow);
  const tried = all.length - outcomes['given-up'];
  const tools = [...new Set(all.flatMap(({ toolMs }) => Object.keys(toolMs)))].sort();
  return {
    fromMs,
    toMs,
    calls: all.length,
    outcomes,
    time_to_first_audio_ms: percentiles(all.flatMap(({ firstAudioMs }) => firstAudioMs)),
    turn_latency_ms: percentiles(all.flatMap(({ turnLatencyMs }) => turnLatencyMs)),
    barge_in_stop_ms: percentiles(all.flatMap(({ bargeInStopMs }) => bargeInStopMs)),
    tool_call_latency_ms: Object.fromEntries(
      tools.map(tool => [tool, percentiles(all.flatMap(({ toolMs }) => toolMs[tool] ?? []))]),
    ),
    tool_failures: sum(({ toolFailures }) => toolFailures),
    escalation_rate: rate(answered.filter(({ escalated }) => escalated).length, answered.length),
    containment_rate: rate(contained.length, answered.length),
    policy_veto_rate: rate(
      sum(({ vetoedChunks }) => vetoedChunks),
      sum(({ judgedChunks }) => judgedChunks),
    ),
    retrieval_hit_rate: rate(
      sum(({ searchHits }) => searchHits),
      sum(({ searches }) => searches),
    ),
    call_success_rate: rate(outcomes.succeeded, tried),
    spans: spansOf(inWindow, fromMs, toMs),
  };
}

const rate = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** By the nearest rank: a value that really occurred. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number | null => sorted[Math.ceil(share * sorted.length) - 1] ?? null;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function countOutcomes(calls: readonly EndedCallFigures[]): Record<CallOutcome, number> {
  const counted = Object.fromEntries(CALL_OUTCOMES.map(outcome => [outcome, 0])) as Record<
    CallOutcome,
    number
  >;
  for (const { figures } of calls) if (figures.outcome !== null) counted[figures.outcome] += 1;
  return counted;
}

function spansOf(calls: readonly EndedCallFigures[], fromMs: number, toMs: number): FigureSpan[] {
  const spanMs = toMs - fromMs <= BY_HOUR_MS ? HOUR_MS : DAY_MS;
  const bySpan: EndedCallFigures[][] = Array.from({ length: Math.ceil((toMs - fromMs) / spanMs) }, () => []);
  for (const call of calls) bySpan[Math.floor((call.endedAtMs - fromMs) / spanMs)]?.push(call);
  return bySpan.map((own, index) => ({
    fromMs: fromMs + index * spanMs,
    outcomes: countOutcomes(own),
    escalated: own.filter(({ figures }) => figures.escalated).length,
    vetoedChunks: own.reduce((total, { figures }) => total + figures.vetoedChunks, 0),
  }));
}
