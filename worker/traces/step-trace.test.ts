import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { CallScript, verdict } from '#tests/fixtures/call-script.ts';
import { richCall } from '#tests/fixtures/rich-call.ts';
import { traceIdOf, type CallSpan } from './call-span.ts';
import { NEW_TRACE, type OpenTrace } from './open-trace.ts';
import { stepTrace } from './step-trace.ts';

function spansOf(events: readonly CallEvent[]): readonly CallSpan[] {
  let trace: OpenTrace | null = NEW_TRACE;
  return events.flatMap(event => {
    const [next, spans]: readonly [OpenTrace | null, readonly CallSpan[]] = stepTrace(
      trace ?? NEW_TRACE,
      event,
    );
    trace = next;
    return spans;
  });
}

const chunkId = 'chunk-1' as never;
const turnId = 'turn-1' as never;

/** One question with a tool, answered; times are seconds of the call. */
function oneTurn(): CallScript {
  return new CallScript('call-1')
    .at(0, {
      type: 'call.ringing',
      from: '+49 30 5550 142',
      displayName: 'Elena Fischer',
      line: 'Returns',
      provider: 'livekit',
      simulated: false,
      room: 'sip-_room',
      sipCallId: 'abc@carrier.example',
    })
    .at(1, { type: 'call.connected', sampleRateHz: 16_000, brain: 'offline demo', voice: 'local' })
    .caller(2, 4, 'Where is my order 4711?')
    .at(4.3, { type: 'turn.committed', turnId, text: 'Where is my order 4711?', endOfTurnMs: 300 })
    .at(4.31, {
      type: 'intent.judged',
      turnId,
      intent: 'CHECK_STATUS',
      confidenceRatio: 0.9,
      allowedTools: ['lookup_order'],
      verdict: verdict('intent', 'allow'),
    })
    .at(4.35, {
      type: 'retrieval.finished',
      turnId,
      query: 'Where is',
      snapshotId: 's1',
      hits: [],
      tookMs: 30,
    })
    .at(4.6, {
      type: 'tool.finished',
      turnId,
      auditId: 'audit-1',
      tool: 'lookup_order',
      status: 'ok',
      latencyMs: 280,
      requestHash: 'a',
      responseHash: 'b',
      redactedRequest: '{"order":"4711"}',
      redactedResponse: '{}',
    })
    .draft(4.8, { chunkId, text: 'It left on Monday.', turnId })
    .allow(4.81, chunkId)
    .at(4.9, { type: 'chunk.released', chunkId, text: 'It left on Monday.', leadMs: 100 })
    .at(5, { type: 'chunk.queued', chunkId, durationMs: 1500 })
    .speak(5.1, chunkId, 1500)
    .at(5.1, {
      type: 'turn.measured',
      turnId,
      ...{ endOfTurnMs: 300, retrievalMs: 30, modelMs: 500, gateMs: 3, holdBackMs: 90, voiceMs: 80 },
      ...{ firstAudioMs: 1100, reflexAudioMs: null },
    })
    .spoken(6.6, chunkId, 1500)
    .at(8, { type: 'call.ended', reason: 'caller-hung-up', durationMs: 8000 });
}

test('[TRC1] a turn has the time of every stage, each where it belongs', () => {
  const script = oneTurn();
  const spans = spansOf(script.events);
  const shown = spans.map(({ name, startMs, endMs, parentSpanId }) => [
    name,
    Math.round((startMs - script.ms(0)) * 10) / 10_000,
    (endMs - script.ms(0)) / 1000,
    spans.find(other => other.spanId === parentSpanId)?.name ?? null,
  ]);
  expect(shown).toEqual([
    ['call.setup', 0, 1, 'call'],
    ['stt', 2, 4, 'turn'],
    ['end_of_turn', 4, 4.3, 'turn'],
    ['intent', 4.3096, 4.31, 'turn'],
    ['retrieval', 4.32, 4.35, 'turn'],
    ['tool lookup_order', 4.32, 4.6, 'turn'],
    ['gate', 4.8, 4.9, 'turn'],
    ['tts', 4.9, 5, 'turn'],
    ['playout', 5.1, 6.6, 'turn'],
    ['llm', 4.6, 4.8, 'turn'],
    ['turn', 2, 6.6, 'call'],
    ['call', 0, 8, null],
  ]);
});

test('[TRC2] who knows the call knows its trace, and the INVITE it came with', () => {
  const spans = spansOf(oneTurn().events);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([traceIdOf('call-1' as CallId)]));
  expect(traceIdOf('call-1' as CallId)).toMatch(/^[\da-f]{32}$/u);
  expect(spans.at(-1)?.attributes).toMatchObject({
    'sidetone.call_id': 'call-1',
    'sip.call_id': 'abc@carrier.example',
    'sidetone.room': 'sip-_room',
    'sidetone.turns': 1,
  });
  // The same log makes the same spans: nothing is drawn by lot, so another process goes on in the same trace.
  expect(spansOf(oneTurn().events)).toEqual(spans);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
});

test('[TRC3] no word, name or number of anybody is in a span', () => {
  for (const events of [oneTurn().events, richCall()]) {
    const text = JSON.stringify(spansOf(events));
    const said = events.flatMap(event => [
      ...('text' in event && typeof event.text === 'string' ? [event.text] : []),
      ...('query' in event ? [event.query] : []),
      ...('userName' in event && event.userName !== null ? [event.userName] : []),
      ...(event.type === 'call.ringing' ? [event.displayName, event.from ?? ''] : []),
      ...(event.type === 'tool.finished' ? [event.redactedRequest, event.redactedResponse] : []),
    ]);
    expect(said.filter(words => words !== undefined && words.length > 2 && text.includes(words))).toEqual([]);
  }
});

test('[TRC1] every span but that of the call has its parent in the trace, and ends after it began', () => {
  const events = richCall();
  const ended = [...events, { ...events[0], type: 'call.ended', reason: 'caller-hung-up', durationMs: 1 }];
  const spans = spansOf(ended as readonly CallEvent[]);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const orphans = spans.filter(({ parentSpanId }) => parentSpanId !== null && !ids.has(parentSpanId));
  // The fixture names turns of its chunks that it never commits.
  const uncommitted = orphans.filter(
    ({ name }) => !['gate', 'tts', 'playout', 'retrieval', 'intent'].includes(name),
  );
  expect(uncommitted.map(({ name }) => name)).toEqual([]);
  expect(spans.filter(({ startMs, endMs }) => endMs < startMs)).toEqual([]);
});

test('[TRC2] what goes on in another process goes on in its trace, and the change is seen', () => {
  const script = oneTurn().at(7, { type: 'call.resumed', host: 'host-2', gapMs: 1800 });
  const change = spansOf(script.events).find(({ name }) => name === 'host.change');
  expect(change).toMatchObject({ isError: true, traceId: traceIdOf('call-1' as CallId) });
  expect((change?.endMs ?? 0) - (change?.startMs ?? 0)).toBe(1800);
});
