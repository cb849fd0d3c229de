import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { MemoryJournal } from '#tests/fakes/memory-journal.ts';
import { recordedCall, richCall, takenOverCall } from '#tests/fixtures/rich-call.ts';
import { HostFigures } from './host-figures.ts';
import { startCallMetrics } from './call-metrics.ts';
import { NEW_CALL, observe, type CallMemory, type Observation } from './observations.ts';

const other = (event: CallEvent): CallEvent => ({ ...event, conversationId: 'call-other' as CallId });

/** Folds events of any calls, as the metrics do. */
function fold(events: readonly CallEvent[]) {
  const calls = new Map<string, CallMemory>();
  const seen: Observation[] = [];
  for (const event of events) {
    const [next, observations] = observe(calls.get(event.conversationId) ?? NEW_CALL, event);
    if (next) calls.set(event.conversationId, next);
    else calls.delete(event.conversationId);
    seen.push(...observations);
  }
  return { calls, seen };
}

/** Value of one line of the text, or null. */
const valueOf = (text: string, series: string): number | null => {
  const line = text.split('\n').find(one => one.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length));
};

function bench() {
  const journal = new MemoryJournal();
  const errors: unknown[] = [];
  const figures = new HostFigures();
  const metrics = startCallMetrics({
    journal,
    openCalls: () => ({ local: 2, 'host-1': 5 }),
    hosts: () => figures.all(),
    onError: error => errors.push(error),
  });
  return { journal, metrics, errors, figures };
}

test('[OBS1] calls do not touch each other in whatever order their events come, and an ended one leaves nothing', () => {
  const ours = recordedCall();
  const theirs = takenOverCall().map(other);
  const words = ({ seen }: ReturnType<typeof fold>): string[] => seen.map(one => JSON.stringify(one)).sort();
  const apart = [...words(fold(ours)), ...words(fold(theirs))].sort();
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 400, maxLength: 400 }), turns => {
      const first = [...ours];
      const second = [...theirs];
      const mixed = turns.flatMap(isFirst => (isFirst ? first.shift() : second.shift()) ?? []);
      expect(words(fold([...mixed, ...first, ...second]))).toEqual(apart);
    }),
    { numRuns: 30 },
  );
  expect(fold(ours).calls.size).toBe(0);
});

test('[OBS1] a recording that nobody ended is over with its call', () => {
  const cut = recordedCall().filter(event => event.type !== 'recording.ended');
  const changes = fold(cut).seen.flatMap(one => (one.name === 'recording' ? [one.change] : []));
  expect(changes).toEqual([1, -1]);
});

test('[OBS6][OBS7] figures of a host outlive its process: sums go on, what was of that process alone does not', async () => {
  const { metrics, figures } = bench();
  const load = { cpuSeconds: 40, residentBytes: 3e8, loopLagP99Seconds: 0.012, refusedCalls: 2 };
  const shown = async (): Promise<Readonly<Record<string, number | null>>> => {
    const text = await metrics.text();
    const names = [
      'up',
      'restarts_total',
      'cpu_seconds_total',
      'resident_memory_bytes',
      'eventloop_lag_p99_seconds',
    ];
    return {
      ...Object.fromEntries(names.map(name => [name, valueOf(text, `sidetone_host_${name}{host="host-1"}`)])),
      refused: valueOf(text, 'sidetone_calls_refused_total{host="host-1"}'),
    };
  };
  figures.connected('host-1');
  figures.told('host-1', { ...load, cpuSeconds: 20, refusedCalls: 0 });
  figures.told('host-1', load);
  expect(await shown()).toEqual({
    ...{ up: 1, restarts_total: 0, cpu_seconds_total: 40, resident_memory_bytes: 3e8 },
    ...{ eventloop_lag_p99_seconds: 0.012, refused: 2 },
  });
  figures.gone('host-1');
  expect(await shown()).toEqual({
    ...{ up: 0, restarts_total: 1, cpu_seconds_total: 40, resident_memory_bytes: 0 },
    ...{ eventloop_lag_p99_seconds: 0, refused: 2 },
  });
  figures.connected('host-1');
  figures.told('host-1', { ...load, cpuSeconds: 5, refusedCalls: 1 });
  expect(await shown()).toMatchObject({ up: 1, restarts_total: 1, cpu_seconds_total: 45, refused: 3 });
});

test('[OBS5] what calls log is in the text, by its name and label', async () => {
  const { journal, metrics, errors } = bench();
  for (const event of [...recordedCall(), ...takenOverCall().map(other)]) journal.append(event);
  const text = await metrics.text();
  const expected: Readonly<Record<string, number>> = {
    sidetone_call_setup_seconds_sum: 6,
    sidetone_call_setup_seconds_count: 2,
    'sidetone_calls_ended_total{outcome="succeeded",reason="caller-hung-up"}': 1,
    'sidetone_calls_open{host="local"}': 2,
    'sidetone_calls_open{host="host-1"}': 5,
    'sidetone_stage_seconds_sum{stage="model"}': 0.448,
    'sidetone_stage_seconds_count{stage="recognition"}': 6,
    sidetone_turn_seconds_sum: 1.224,
    sidetone_first_audio_seconds_sum: 0.38,
    sidetone_barge_in_seconds_sum: 0.192,
    sidetone_barge_in_stop_seconds_sum: 0.024,
    'sidetone_vetoes_total{by="policy",policy="no-refund-promise"}': 2,
    'sidetone_chunks_judged_total{decision="vetoed"}': 2,
    'sidetone_takeovers_total{mode="take-over"}': 1,
    sidetone_takeover_fence_seconds_sum: 0.004,
    'sidetone_tool_seconds_count{tool="lookup_order",status="ok"}': 2,
    'sidetone_attention_total{reason="promise-vetoed"}': 2,
    sidetone_recordings_open: 0,
    'sidetone_recordings_ended_total{reason="call-ended"}': 1,
  };
  for (const [series, value] of Object.entries(expected))
    expect(valueOf(text, series), series).toBeCloseTo(value, 6);
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_p99_seconds',
  ])
    expect(valueOf(text, name), name).toBeGreaterThanOrEqual(0);
  expect(errors).toEqual([]);
  metrics.stop();
});

test('[OBS2] every figure of ours says its unit and what it is, and no word of a call is in the text', async () => {
  const { journal, metrics } = bench();
  for (const event of [...richCall(), ...recordedCall().map(other)]) journal.append(event);
  const text = await metrics.text();
  metrics.stop();
  const names = [...text.matchAll(/^# TYPE (sidetone_\w+) (\w+)$/gmu)].map(
    ([, name = '', type = '']) => [name, type] as const,
  );
  expect(names.length).toBeGreaterThan(15);
  for (const [name, type] of names) {
    expect(text).toMatch(new RegExp(`^# HELP ${name} \\S.{10,}\\.$`, 'mu'));
    if (type === 'counter') expect(name).toMatch(/_total$/u);
    if (type === 'histogram') expect(name).toMatch(/_(seconds|ratio|score)$/u);
  }
  expect(text).not.toMatch(/Elena|Fischer|5550|Maya|parcel|call-elena|user-/u);
});

test('[OBS3] the log only puts an event aside, and one that cannot be counted stops nothing', async () => {
  const { journal, metrics, errors } = bench();
  const [ringing, connected] = recordedCall();
  if (!ringing || !connected) throw new Error('the fixture is empty');
  const hostile = new Proxy(ringing, {
    get: (event, key) => {
      if (key === 'type') throw new Error('counted in the audio path');
      return Reflect.get(event, key) as unknown;
    },
  });
  expect(() => journal.append(hostile)).not.toThrow();
  journal.append(ringing);
  journal.append(connected);
  expect(errors).toEqual([]);
  expect(valueOf(await metrics.text(), 'sidetone_call_setup_seconds_count')).toBe(1);
  expect(errors).toHaveLength(1);
  metrics.stop();
});

test('[OBS2] the page of figures names every one, and none that is not there', async () => {
  const { metrics } = bench();
  const text = await metrics.text();
  metrics.stop();
  const page = readFileSync(join(import.meta.dirname, '../../docs/how-to/observability.md'), 'utf8');
  const given = [...text.matchAll(/^# TYPE (sidetone_\w+)/gmu)].map(([, name]) => name);
  const described = [...page.matchAll(/^\| `(sidetone_\w+)`/gmu)].map(([, name]) => name);
  expect(described.sort()).toEqual(given.sort());
});

test('[MOS7] each direction of a line is counted with its score, loss, jitter and round trip', async () => {
  const { journal, metrics, errors } = bench();
  const [first] = recordedCall();
  if (!first) throw new Error('the fixture is empty');
  const measured = { type: 'quality.measured', scope: 'webrtc-side', windowMs: 10_000 } as const;
  const line = { ...measured, lossRatio: 0.05, jitterMs: 12, roundTripMs: 120, bufferMs: 60, mos: 3.6 };
  for (const direction of ['from-caller', 'from-caller', 'to-caller'] as const) {
    const { conversationId, orgId, atMs } = first;
    journal.append({ v: 1, id: 'x', seq: 1, conversationId, orgId, atMs, ...line, direction });
  }
  const text = await metrics.text();
  metrics.stop();
  const expected: Readonly<Record<string, number>> = {
    'sidetone_line_mos_score_sum{direction="from-caller"}': 7.2,
    'sidetone_line_mos_score_bucket{le="3.5",direction="from-caller"}': 0,
    'sidetone_line_mos_score_bucket{le="3.8",direction="from-caller"}': 2,
    'sidetone_line_loss_ratio_sum{direction="to-caller"}': 0.05,
    'sidetone_line_jitter_seconds_sum{direction="to-caller"}': 0.012,
    'sidetone_line_round_trip_seconds_sum{direction="from-caller"}': 0.24,
  };
  for (const [series, value] of Object.entries(expected))
    expect(valueOf(text, series), series).toBeCloseTo(value, 6);
  expect(errors).toEqual([]);
});
