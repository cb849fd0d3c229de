import { FRAME_MS } from '#shared/domain/audio-format.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { BenchCaller } from './bench-caller.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';
import { ourReflexCall } from './reflex-arm.ts';

/** From the true end of speech; the timer of Lane A. Source: architecture 3.2. */
const TIMER_MS = 200;

async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  const clock = systemClock;
  const calls = full ? 20 : 5;
  const turns = full ? 50 : quick ? 6 : 20;
  const decisionMs: number[] = [];
  const callers = Array.from({ length: calls }, (_, index) => new BenchCaller(index + 1, turns));
  const open = await Promise.all(
    callers.map((caller, index) => ourReflexCall(caller, index + 1, tookMs => decisionMs.push(tookMs))),
  );
  const startMono = clock.mono();
  const tickLateMs: number[] = [];
  for (
    let tick = 1;
    !callers.every(caller => caller.done) && clock.mono() < startMono + turns * 6000;
    tick += 1
  ) {
    const dueMono = startMono + tick * FRAME_MS;
    await new Promise<void>(resolve => clock.after(Math.max(0, dueMono - clock.mono()), resolve));
    tickLateMs.push(clock.mono() - dueMono);
    for (const [index, call] of open.entries()) if (tick * FRAME_MS >= index * 173) call.tick();
  }
  await Promise.all(open.map(call => call.close()));
  const answersMs = callers.flatMap(caller => caller.answersMs);
  const context = {
    vad: 'energy',
    timerMs: TIMER_MS,
    clock: "the caller's sink",
    grid: '20 ms',
    log: 'in memory',
    tickLateP99Ms: percentile(tickLateMs, 0.99),
  };
  const figure = (metric: string, samples: readonly number[], ratio: number, max: number | null): Figure => ({
    bench: 'reflex',
    metric,
    value: percentile(samples, ratio),
    unit: 'ms',
    arm: 'ours',
    n: samples.length,
    goal: max === null ? null : { max },
    context,
  });
  yield figure('decision_to_first_sample_p50_ms', decisionMs, 0.5, null);
  yield figure('decision_to_first_sample_p95_ms', decisionMs, 0.95, 20);
  yield figure('true_end_to_first_sample_p50_ms', answersMs, 0.5, 220);
  yield figure('true_end_to_first_sample_p95_ms', answersMs, 0.95, 320);
}

export const reflexBench: Bench = {
  name: 'reflex',
  description:
    "Lane A: decision to its first sample at the caller's sink, and the caller's true end of speech to it (G2).",
  run,
};
