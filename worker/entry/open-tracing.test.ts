import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { openTracing } from './open-tracing.ts';

test('[TRC5] without an endpoint nothing is made and nothing is loaded; either variable names one', async () => {
  const journal = new MemoryJournal();
  const listening = vi.spyOn(journal, 'onEntry');
  let loaded = 0;
  const open = (environment: Readonly<Record<string, string>>) =>
    openTracing({
      workerId: 'worker-1',
      journal,
      log: pino({ level: 'silent' }),
      environment,
      loadSink: () => {
        loaded += 1;
        const sink = { send: () => undefined, close: () => Promise.resolve() };
        return Promise.resolve({ openOtlpSink: () => sink });
      },
    });
  for (const environment of [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, { OTEL_SERVICE_NAME: 'calls' }])
    expect(await open(environment)).toBeNull();
  expect([loaded, listening.mock.calls.length]).toEqual([0, 0]);
  for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])
    await (await open({ [name]: 'http://127.0.0.1:4318' }))?.stop();
  expect([loaded, listening.mock.calls.length]).toEqual([2, 2]);
});
