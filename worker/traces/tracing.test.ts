import { afterEach, expect, test, vi } from 'vitest';
import type { CallEvent } from '#shared/events/call-event.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { CallScript } from '#tests/fixtures/call-script.ts';
import { openOtlpReceiver } from '#tests/fixtures/otlp-receiver.ts';
import { traceIdOf } from './call-span.ts';
import { openOtlpSink } from './otlp-sink.ts';
import { startTracing, type SpanSink } from './start-tracing.ts';

afterEach(() => vi.unstubAllEnvs());

const script = new CallScript('call-1')
  .at(0, {
    type: 'call.ringing',
    ...{ from: null, displayName: 'Ada', line: 'Quotes', provider: 'stub', simulated: true },
  })
  .at(1, { type: 'call.connected', sampleRateHz: 16_000, brain: 'offline demo', voice: 'local' })
  .caller(2, 3, 'Hello?')
  .at(3.25, { type: 'turn.committed', turnId: 'turn-1' as never, text: 'Hello?', endOfTurnMs: 250.5 })
  .caller(5, 6, 'And when?')
  .at(6.25, { type: 'turn.committed', turnId: 'turn-2' as never, text: 'And when?', endOfTurnMs: 250 })
  .at(8, { type: 'call.ended', reason: 'caller-hung-up', durationMs: 8000 });

const turn = () => new Promise<void>(resolve => setImmediate(resolve));

test('[TRC6][TRC1] a collector gets protobuf after each turn and at the end', async () => {
  const receiver = await openOtlpReceiver();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.endpoint);
  const journal = new MemoryJournal();
  const tracing = startTracing({
    journal,
    sink: openOtlpSink({ workerId: 'worker-1', onLost: error => expect.fail(String(error)) }),
    onError: error => expect.fail(String(error)),
  });
  const { events } = script;
  const committed = events.findIndex(event => event.type === 'turn.committed');
  for (const event of events.slice(0, committed + 1)) journal.append(event);
  await turn();
  expect(receiver.requests).toEqual([]);
  for (const event of events.slice(committed + 1, -1)) journal.append(event);
  await vi.waitFor(() => expect(receiver.requests).toHaveLength(1));
  journal.append(events.at(-1) as CallEvent);
  await tracing.stop();
  const [first, last] = receiver.requests;
  const names = (spans: typeof first) => spans?.map(({ name }) => name);
  expect(names(first)).toEqual(['call.setup', 'stt', 'end_of_turn', 'turn', 'stt', 'end_of_turn']);
  expect(names(last)).toEqual(['turn', 'call']);
  const call = last?.at(-1);
  expect(call).toMatchObject({
    traceId: traceIdOf('call-1' as never),
    parentSpanId: '',
    startMs: script.ms(0),
    endMs: script.ms(8),
    attributes: { 'sidetone.call_id': 'call-1', 'sidetone.simulated': true, 'sidetone.turns': 2 },
  });
  expect(first?.[3]?.parentSpanId).toBe(call?.spanId);
  expect(first?.[2]).toMatchObject({ startMs: script.ms(3.25) - 250.5 });
  expect(receiver.resource()).toMatchObject({
    'service.name': 'sidetone-worker',
    'service.instance.id': 'worker-1',
  });
  await receiver.close();
});

test('[TRC4] a collector that refuses costs its spans; the log does not notice', async () => {
  const receiver = await openOtlpReceiver();
  receiver.answer(400);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.endpoint);
  const journal = new MemoryJournal();
  const lost: number[] = [];
  const tracing = startTracing({
    journal,
    sink: openOtlpSink({ workerId: 'worker-1', onLost: (_error, spans) => lost.push(spans) }),
    onError: error => expect.fail(String(error)),
  });
  for (const event of script.events) journal.append(event);
  await tracing.stop();
  expect(lost).toEqual([6, 2]);
  expect(journal.events).toHaveLength(script.events.length);
  await receiver.close();
});

test('[TRC4] in the audio path an event is only put aside, and one that cannot be traced stops nothing', async () => {
  const journal = new MemoryJournal();
  const sent: string[] = [];
  const errors: unknown[] = [];
  const sink: SpanSink = {
    send: spans => void sent.push(...spans.map(({ name }) => name)),
    close: () => Promise.resolve(),
  };
  const tracing = startTracing({ journal, sink, onError: error => errors.push(error) });
  journal.append({ type: 'intent.judged', conversationId: 'other' } as CallEvent);
  for (const event of script.events) journal.append(event);
  expect(sent).toEqual([]);
  await turn();
  expect(sent.filter(name => name === 'turn')).toHaveLength(2);
  expect(errors).toHaveLength(1);
  await tracing.stop();
});
