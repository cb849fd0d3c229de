import { FRAME_MS } from '#shared/domain/audio-format.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { bareCall, ourCall } from './arms.ts';
import { percentile, type Figure } from './figure.ts';
import { SweepCaller, type SoundKind, type SoundOutcome } from './sweep-caller.ts';
import type { Arm } from './arms.ts';

/** Continued speech after which a sound is an interruption, for ours and for the peer. */
const CONFIRM_MS = [32, 60, 100, 200, 500] as const;
const MAX_MS_PER_TRIAL = 8000;

export interface SweepOptions {
  /** For each confirmation time; all of them run side by side. */
  readonly calls: number;
  readonly trials: number;
}

/** One point of the curve for each confirmation time: how fast a real interruption stops the AI, and how often something else does. */
export async function* sweepConfirmation(arm: Arm, { calls, trials }: SweepOptions): AsyncGenerator<Figure> {
  const clock = systemClock;
  const arms = CONFIRM_MS.flatMap(confirmMs =>
    Array.from({ length: calls }, (_, index) => ({ confirmMs, caller: new SweepCaller(index + 1, trials) })),
  );
  const open = await Promise.all(
    arms.map(({ caller, confirmMs }, index) =>
      arm === 'ours' ? ourCall(caller, index + 1, { confirmMs }) : bareCall(caller, { confirmMs }),
    ),
  );
  const startMono = clock.mono();
  const tickLateMs: number[] = [];
  const deadlineMono = startMono + trials * MAX_MS_PER_TRIAL;
  for (let tick = 1; !arms.every(({ caller }) => caller.done) && clock.mono() < deadlineMono; tick += 1) {
    const dueMono = startMono + tick * FRAME_MS;
    await new Promise<void>(resolve => clock.after(Math.max(0, dueMono - clock.mono()), resolve));
    tickLateMs.push(clock.mono() - dueMono);
    for (const [index, call] of open.entries()) if (!arms[index]?.caller.done) call.tick();
  }
  await Promise.all(open.map(call => call.close()));
  for (const confirmMs of CONFIRM_MS) {
    const outcomes = arms.filter(one => one.confirmMs === confirmMs).flatMap(({ caller }) => caller.outcomes);
    const of = (...kinds: SoundKind[]): readonly SoundOutcome[] =>
      outcomes.filter(outcome => kinds.includes(outcome.kind));
    const stopped = (some: readonly SoundOutcome[]): number =>
      some.filter(outcome => outcome.stopMs !== null).length / Math.max(1, some.length);
    const interruptions = of('interruption');
    const stopsMs = interruptions.map(({ stopMs }) => stopMs ?? Number.POSITIVE_INFINITY);
    const context = {
      confirmMs,
      fixtures: 'procedural: interruptions 700-1200 ms, backchannels 120-420 ms, noises 20-160 ms',
      vad: 'energy, windows of 20 ms: every loud sound is speech to it',
      clock: "the caller's sink, last AI frame after the true onset",
      tickLateP99Ms: percentile(tickLateMs, 0.99),
    };
    const figure = (metric: string, value: number, unit: string, n: number): Figure => ({
      bench: 'barge-in',
      metric,
      value,
      unit,
      arm,
      n,
      goal: null,
      context,
    });
    yield figure('sweep_stop_p50_ms', percentile(stopsMs, 0.5), 'ms', stopsMs.length);
    yield figure('sweep_stop_p95_ms', percentile(stopsMs, 0.95), 'ms', stopsMs.length);
    yield figure('sweep_missed_ratio', 1 - stopped(interruptions), 'ratio', interruptions.length);
    const others = of('backchannel', 'noise');
    yield figure('sweep_false_stop_ratio', stopped(others), 'ratio', others.length);
    yield figure(
      'sweep_false_stop_backchannel_ratio',
      stopped(of('backchannel')),
      'ratio',
      of('backchannel').length,
    );
    yield figure('sweep_false_stop_noise_ratio', stopped(of('noise')), 'ratio', of('noise').length);
  }
}
