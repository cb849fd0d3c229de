import { withEntry, withoutEntry } from '#shared/base/readonly-map.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { spanIdOf, turnSpanId, type CallSpan, type SpanAttributes, type SpanMaker } from './call-span.ts';
import { drafted, touch, type OpenChunk, type OpenTrace, type TraceStep } from './open-trace.ts';

/** The life of one piece of speech: judged, made to sound, heard. Pure. */
export function stepChunk(trace: OpenTrace, event: CallEvent, span: SpanMaker): TraceStep {
  if (!('chunkId' in event) || typeof event.chunkId !== 'string') return [trace, []];
  const chunkId = event.chunkId;
  const { atMs } = event;
  if (event.type === 'chunk.drafted') {
    const { conversationId: callId, turnId = null, lane, origin, citations } = event;
    const parentSpanId = turnId === null ? spanIdOf(callId, 'call') : turnSpanId(callId, turnId);
    const attributes = {
      'sidetone.chunk_id': chunkId,
      'sidetone.lane': lane,
      'sidetone.origin': origin,
      'sidetone.citations': citations.length,
    };
    const chunk: OpenChunk = {
      ...{ parentSpanId, turnId, attributes, draftedAtMs: atMs },
      ...{ judgeMs: null, releasedAtMs: null, speakingAtMs: null },
    };
    const next = touch(trace, turnId, atMs);
    return [{ ...drafted(next, turnId, atMs, origin), chunks: withEntry(trace.chunks, chunkId, chunk) }, []];
  }
  const chunk = trace.chunks.get(chunkId);
  if (!chunk) return [trace, []];
  const { turnId, draftedAtMs, releasedAtMs, speakingAtMs } = chunk;
  // What was drafted ahead for a turn that is not there yet may be dropped with it: then it belongs to the call.
  const isOfTurn = turnId === null || trace.committed.has(turnId);
  const parentSpanId = isOfTurn ? chunk.parentSpanId : spanIdOf(event.conversationId, 'call');
  const make = (name: string, fromMs: number, attributes: SpanAttributes): CallSpan =>
    span(name, fromMs, atMs, { parentSpanId, attributes: { ...chunk.attributes, ...attributes } });
  const gate = (decision: string, judgeMs: number | null, more: SpanAttributes = {}): CallSpan =>
    make('gate', draftedAtMs, {
      ...more,
      'sidetone.gate.decision': decision,
      ...(judgeMs === null ? {} : { 'sidetone.gate.judge_ms': judgeMs }),
    });
  const keep = (change: Partial<OpenChunk>): OpenTrace => ({
    ...touch(trace, turnId, atMs),
    chunks: withEntry(trace.chunks, chunkId, { ...chunk, ...change }),
  });
  const forget = (): OpenTrace => ({
    ...touch(trace, turnId, atMs),
    chunks: withoutEntry(trace.chunks, chunkId),
  });
  switch (event.type) {
    case 'chunk.allowed':
    case 'chunk.redacted':
      return [keep({ judgeMs: event.judgeMs }), []];
    case 'chunk.released':
      return [keep({ releasedAtMs: atMs }), [gate('released', chunk.judgeMs)]];
    case 'chunk.vetoed':
      return [
        forget(),
        [
          gate('vetoed', event.judgeMs, {
            'sidetone.gate.by': event.by,
            'sidetone.gate.policy': event.policy,
          }),
        ],
      ];
    case 'chunk.queued':
      return [trace, releasedAtMs === null ? [] : [make('tts', releasedAtMs, {})]];
    case 'chunk.speaking':
      return [keep({ speakingAtMs: atMs }), []];
    case 'chunk.spoken':
    case 'chunk.interrupted': {
      const outcome = event.type === 'chunk.spoken' ? 'spoken' : `interrupted: ${event.cause}`;
      const attributes = { 'sidetone.playout.heard_ms': event.heardMs, 'sidetone.playout.outcome': outcome };
      return [forget(), [make('playout', speakingAtMs ?? atMs, attributes)]];
    }
    case 'chunk.withheld':
      return [forget(), releasedAtMs === null ? [gate(`withheld: ${event.cause}`, chunk.judgeMs)] : []];
    default:
      return [trace, []];
  }
}
