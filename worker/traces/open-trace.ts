import type { ChunkId, TurnId } from '#shared/domain/ids.ts';
import type { CallEventOf } from '#shared/events/call-event.ts';
import type { CallSpan, SpanAttributes } from './call-span.ts';

/** What is open of one chunk of speech. */
export interface OpenChunk {
  readonly parentSpanId: string;
  readonly turnId: TurnId | null;
  readonly attributes: SpanAttributes;
  readonly draftedAtMs: number;
  readonly judgeMs: number | null;
  readonly releasedAtMs: number | null;
  readonly speakingAtMs: number | null;
}

export interface OpenTurn {
  readonly turnId: TurnId;
  readonly startMs: number;
  readonly committedAtMs: number;
  /** When the model could begin: what it is told is there. */
  readonly briefedAtMs: number;
  readonly draftedFromMs: number | null;
  readonly draftedToMs: number | null;
  readonly lastMs: number;
  readonly attributes: SpanAttributes;
}

/** What is open of one call. */
export interface OpenTrace {
  readonly startMs: number | null;
  readonly attributes: SpanAttributes;
  readonly turn: OpenTurn | null;
  readonly turns: number;
  /** Turns that have, or will have, a span of their own. */
  readonly committed: ReadonlySet<TurnId>;
  /** Speech of the caller that no turn has taken yet. */
  readonly heard: readonly CallEventOf<'transcript.final'>[];
  readonly chunks: ReadonlyMap<ChunkId, OpenChunk>;
}

export const NEW_TRACE: OpenTrace = {
  startMs: null,
  attributes: {},
  turn: null,
  turns: 0,
  committed: new Set(),
  heard: [],
  chunks: new Map(),
};

/** What one event makes of a trace: null after the last of its call. */
export type TraceStep = readonly [next: OpenTrace | null, spans: readonly CallSpan[]];

/** Something of the open turn happened. */
export function touch(
  trace: OpenTrace,
  turnId: TurnId | null,
  atMs: number,
  attributes: SpanAttributes = {},
): OpenTrace {
  const { turn } = trace;
  if (turn?.turnId !== turnId || turn === null) return trace;
  return { ...trace, turn: { ...turn, lastMs: atMs, attributes: { ...turn.attributes, ...attributes } } };
}

export function briefed(trace: OpenTrace, turnId: TurnId | null, atMs: number): OpenTrace {
  const { turn } = trace;
  if (turn === null || turn.turnId !== turnId || turn.draftedFromMs !== null) return trace;
  return { ...trace, turn: { ...turn, briefedAtMs: atMs } };
}

export function drafted(trace: OpenTrace, turnId: TurnId | null, atMs: number, origin: string): OpenTrace {
  const { turn } = trace;
  if (turn === null || turn.turnId !== turnId || origin !== 'reply') return trace;
  return { ...trace, turn: { ...turn, draftedFromMs: turn.draftedFromMs ?? atMs, draftedToMs: atMs } };
}

/** The answer of the turn was begun then. */
export function draftedFrom(trace: OpenTrace, turnId: TurnId | null, fromMs: number): OpenTrace {
  const { turn } = trace;
  if (turn === null || turn.turnId !== turnId || turn.draftedFromMs === null) return trace;
  return { ...trace, turn: { ...turn, draftedFromMs: Math.min(turn.draftedFromMs, fromMs) } };
}
