import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';
import { sweepConfirmation } from './barge-in-sweep.ts';
import { runTurns } from './turn-run.ts';

const ARMS = ['ours', 'bare-agent-session-tuned'] as const;

async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  const calls = full ? 20 : 5;
  const turns = full ? 51 : quick ? 6 : 15;
  for (const arm of ARMS) {
    const { stopsMs, tickLateMs } = await runTurns({
      arm,
      calls,
      turns,
      startWithinMs: 3000,
      firstSeed: 1,
      voicePaceRatio: null,
      speech: null,
    });
    const context = {
      calls,
      confirmMs: 60,
      clock: "the caller's sink, last AI frame after the true onset",
      grid: '20 ms',
      tickLateP99Ms: percentile(tickLateMs, 0.99),
    };
    yield {
      bench: 'barge-in',
      metric: 'onset_to_silence_p50_ms',
      value: percentile(stopsMs, 0.5),
      unit: 'ms',
      arm,
      n: stopsMs.length,
      goal: null,
      context,
    };
    yield {
      bench: 'barge-in',
      metric: 'onset_to_silence_p95_ms',
      value: percentile(stopsMs, 0.95),
      unit: 'ms',
      arm,
      n: stopsMs.length,
      goal: arm === 'ours' ? { max: 100 } : null,
      context,
    };
  }
  const sweep = { calls: full ? 8 : quick ? 3 : 4, trials: full ? 60 : quick ? 6 : 15 };
  for (const arm of ARMS) yield* sweepConfirmation(arm, sweep);
}

export const bargeInBench: Bench = {
  name: 'barge-in',
  description:
    "Caller's true onset to silence at the caller's sink, beside a bare AgentSession tuned to the same confirmation; then the curve of stop time against false stops over the confirmation time (G3).",
  run,
};
