import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventOf } from '#shared/events/call-event.ts';
import {
  spanIdOf,
  spanMaker,
  turnSpanId,
  type CallSpan,
  type SpanAttributes,
  type SpanMaker,
} from './call-span.ts';
import { briefed, draftedFrom, touch, type OpenTrace, type OpenTurn, type TraceStep } from './open-trace.ts';
import { stepChunk } from './step-chunk.ts';

/** Pure. What one event finishes. @returns the trace for the next event of the call, null after its last */
export function stepTrace(trace: OpenTrace, event: CallEvent): TraceStep {
  const span = spanMaker(event);
  switch (event.type) {
    case 'call.ringing': {
      const { line, provider, simulated, room, sipCallId } = event;
      const attributes = {
        'sidetone.line': line,
        'sidetone.provider': provider,
        'sidetone.simulated': simulated,
        ...(room === undefined ? {} : { 'sidetone.room': room }),
        ...(sipCallId === undefined ? {} : { 'sip.call_id': sipCallId }),
      };
      return [{ ...trace, startMs: event.atMs, attributes }, []];
    }
    case 'call.connected': {
      const attributes = {
        ...trace.attributes,
        'sidetone.brain': event.brain,
        'sidetone.voice': event.voice,
      };
      const setUp = trace.startMs === null ? [] : [span('call.setup', trace.startMs, event.atMs)];
      return [{ ...trace, attributes }, setUp];
    }
    case 'call.ended':
      return [null, [...closeTurn(trace, span), ...closeCall(trace, event)]];
    case 'transcript.final':
      return [{ ...trace, heard: [...trace.heard, event] }, []];
    case 'turn.committed':
      return commit(trace, event, span);
    default:
      return stepTurn(trace, event, span);
  }
}

function commit(trace: OpenTrace, event: CallEventOf<'turn.committed'>, span: SpanMaker): TraceStep {
  const { turnId, atMs, endOfTurnMs, conversationId: callId } = event;
  const before = closeTurn(trace, span);
  if (turnId === undefined) return [{ ...trace, turn: null, heard: [] }, before];
  const parentSpanId = turnSpanId(callId, turnId);
  const startMs = Math.min(atMs - endOfTurnMs, ...trace.heard.map(final => final.startedAtMs));
  const heard = trace.heard.map((final, index) => ({
    ...span('stt', final.startedAtMs, final.atMs, {
      parentSpanId,
      attributes: {
        'sidetone.stt.final_delay_ms': Math.max(0, final.atMs - final.endedAtMs),
        'sidetone.stt.redactions': final.redactionCount,
      },
    }),
    spanId: spanIdOf(callId, `stt ${turnId} ${String(index)}`),
  }));
  // An answer that was drafted before the turn was over.
  const ahead = [...trace.chunks.values()].flatMap(chunk =>
    chunk.turnId === turnId && chunk.attributes['sidetone.origin'] === 'reply' ? chunk.draftedAtMs : [],
  );
  const turn: OpenTurn = {
    turnId,
    startMs,
    committedAtMs: atMs,
    briefedAtMs: atMs,
    draftedFromMs: ahead.length > 0 ? Math.min(...ahead) : null,
    draftedToMs: ahead.length > 0 ? Math.max(...ahead) : null,
    lastMs: atMs,
    attributes: {},
  };
  return [
    {
      ...trace,
      turn,
      turns: trace.turns + 1,
      committed: new Set([...trace.committed, turnId]),
      heard: [],
    },
    [...before, ...heard, span('end_of_turn', atMs - endOfTurnMs, atMs, { parentSpanId })],
  ];
}

/** Everything inside a turn, and speech of ours that belongs to none. */
function stepTurn(trace: OpenTrace, event: CallEvent, span: SpanMaker): TraceStep {
  const { atMs, conversationId: callId, turnId = null } = event;
  const parent = turnId === null ? {} : { parentSpanId: turnSpanId(callId, turnId) };
  const done = (name: string, tookMs: number, attributes: SpanAttributes, isError = false): CallSpan =>
    span(name, atMs - tookMs, atMs, { ...parent, attributes, isError });
  switch (event.type) {
    case 'intent.judged': {
      const { intent, confidenceRatio, verdict } = event;
      return [
        touch(trace, turnId, atMs, { 'sidetone.intent': intent }),
        [
          done('intent', verdict.judgeMs, {
            'sidetone.intent': intent,
            'sidetone.intent.confidence_ratio': confidenceRatio,
            'sidetone.gate.decision': verdict.decision,
          }),
        ],
      ];
    }
    case 'retrieval.finished':
      return [
        briefed(touch(trace, turnId, atMs), turnId, atMs),
        [
          done('retrieval', event.tookMs, {
            'sidetone.retrieval.hits': event.hits.length,
            'sidetone.retrieval.snapshot': event.snapshotId,
          }),
        ],
      ];
    case 'tool.finished':
      return [
        briefed(touch(trace, turnId, atMs), turnId, atMs),
        [
          done(
            `tool ${event.tool}`,
            event.latencyMs,
            {
              'sidetone.tool': event.tool,
              'sidetone.tool.status': event.status,
              'sidetone.audit_id': event.auditId,
            },
            event.status !== 'ok',
          ),
        ],
      ];
    case 'turn.measured': {
      const { firstAudioMs, modelMs } = event;
      return [
        touch(trace, turnId, atMs, {
          ...(firstAudioMs === null ? {} : { 'sidetone.turn.first_audio_ms': firstAudioMs }),
          ...(modelMs === null ? {} : { 'sidetone.llm.first_text_ms': modelMs }),
        }),
        [],
      ];
    }
    case 'speculation.ended':
      return [event.outcome === 'adopted' ? draftedFrom(trace, turnId, atMs - event.aheadMs) : trace, []];
    case 'interruption.confirmed':
      return [
        trace,
        [done('barge_in', event.onsetToSilenceMs, { 'sidetone.barge_in.stop_ms': event.stopMs })],
      ];
    case 'takeover.live':
      return [trace, [done('takeover', event.liveMs, {})]];
    case 'call.resumed':
      return [trace, [done('host.change', event.gapMs, { 'sidetone.host': event.host }, true)]];
    default:
      return event.type.startsWith('chunk.') ? stepChunk(trace, event, span) : [trace, []];
  }
}

/** The turn is over as far as anybody hears: with it what the model did. */
function closeTurn({ turn, turns }: OpenTrace, span: SpanMaker): readonly CallSpan[] {
  if (!turn) return [];
  const { turnId, startMs, lastMs, attributes, briefedAtMs, draftedFromMs, draftedToMs } = turn;
  const made = span('turn', startMs, lastMs, {
    attributes: { ...attributes, 'sidetone.turn_id': turnId, 'sidetone.turn': turns },
  });
  const spanId = turnSpanId(made.attributes['sidetone.call_id'] as CallId, turnId);
  if (draftedFromMs === null || draftedToMs === null) return [{ ...made, spanId }];
  // An answer that was drafted ahead was begun before the turn was over.
  const llm = span('llm', Math.min(briefedAtMs, draftedFromMs), draftedToMs, { parentSpanId: spanId });
  return [llm, { ...made, spanId }];
}

function closeCall(
  { startMs, attributes, turns }: OpenTrace,
  event: CallEventOf<'call.ended'>,
): readonly CallSpan[] {
  // A call of which the beginning is not known has no span of its own; its turns are in its trace all the same.
  if (startMs === null) return [];
  const made = spanMaker(event)('call', startMs, event.atMs, {
    attributes: { ...attributes, 'sidetone.end_reason': event.reason, 'sidetone.turns': turns },
    isError: ['line-failed', 'worker-crashed'].includes(event.reason),
    parentSpanId: null,
  });
  return [{ ...made, spanId: spanIdOf(event.conversationId, 'call') }];
}
