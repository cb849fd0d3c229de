import { z } from 'zod';

const ms = z.number().nonnegative();
const count = z.number().int().nonnegative();

export const CALL_OUTCOMES = ['succeeded', 'cut-off', 'not-set-up', 'given-up'] as const;
export const callOutcomeSchema = z.enum(CALL_OUTCOMES);
/** What became of a call; exactly one (MET2). */
export type CallOutcome = z.infer<typeof callOutcomeSchema>;

/** What one call adds to the figures of its window (MET1). */
export const callFiguresSchema = z.object({
  /** Null while the call is running. */
  outcome: callOutcomeSchema.nullable(),
  escalated: z.boolean(),
  takenOver: z.boolean(),
  /** First sound of the AI after the caller's true end of speech, one entry per turn. */
  firstAudioMs: z.array(ms),
  /** First sound of the answer itself. */
  turnLatencyMs: z.array(ms),
  bargeInStopMs: z.array(ms),
  toolMs: z.record(z.string(), z.array(ms)),
  toolFailures: count,
  judgedChunks: count,
  vetoedChunks: count,
  searches: count,
  searchHits: count,
});
export type CallFigures = z.infer<typeof callFiguresSchema>;

/** The 50th, 95th and 99th of all values; null where there is no value. */
export const percentilesSchema = z.object({
  count,
  p50: ms.nullable(),
  p95: ms.nullable(),
  p99: ms.nullable(),
});
export type Percentiles = z.infer<typeof percentilesSchema>;

const ratio = z.number().min(0).max(1).nullable();

/** Calls of one hour or day. */
export const figureSpanSchema = z.object({
  fromMs: z.number(),
  outcomes: z.record(callOutcomeSchema, count),
  escalated: count,
  vetoedChunks: count,
});
export type FigureSpan = z.infer<typeof figureSpanSchema>;

/** Figures of a window under the names of requirement row O8. Rates are null where nothing was counted. */
export const windowFiguresSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  calls: count,
  outcomes: z.record(callOutcomeSchema, count),
  time_to_first_audio_ms: percentilesSchema,
  turn_latency_ms: percentilesSchema,
  barge_in_stop_ms: percentilesSchema,
  tool_call_latency_ms: z.record(z.string(), percentilesSchema),
  tool_failures: count,
  escalation_rate: ratio,
  containment_rate: ratio,
  policy_veto_rate: ratio,
  retrieval_hit_rate: ratio,
  call_success_rate: ratio,
  /** Oldest first, without gaps. */
  spans: z.array(figureSpanSchema),
});
export type WindowFigures = z.infer<typeof windowFiguresSchema>;

/** The figures of one ended call, with when it ended. */
export interface EndedCallFigures {
  readonly endedAtMs: number;
  readonly figures: CallFigures;
}

const DAY_MS = 86_400_000;

/** A window of at most 31 days. */
export const figureQuerySchema = z
  .object({ fromMs: z.coerce.number().int().nonnegative(), toMs: z.coerce.number().int().positive() })
  .refine(({ fromMs, toMs }) => toMs > fromMs && toMs - fromMs <= 31 * DAY_MS, {
    message: 'toMs must be after fromMs, by 31 days at most',
  });
export type FigureQuery = z.output<typeof figureQuerySchema>;
