import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';
import { runHosts } from './run-hosts.ts';

const ARMS = ['ours', 'bare-agent-session-tuned'] as const;

/** Recorded speech, Silero and the end-of-turn model of the product in both arms. Policy and platform are not taken apart here. */
async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  for (const calls of [1, 10]) {
    const turns = full ? Math.ceil(400 / calls) : quick ? 4 : 10;
    const p95 = new Map<string, number>();
    for (const arm of ARMS) {
      const { answersMs, tickLateMs, cpuMsPerCallSecond } = await runHosts(1, {
        arm,
        calls,
        turns,
        startWithinMs: 6000,
        voicePaceRatio: 4,
        speech: 'order-status/ask',
      });
      p95.set(arm, percentile(answersMs, 0.95));
      const figure = (metric: string, value: number): Figure => ({
        bench: 'turn-neural',
        metric,
        value: Math.round(value * 100) / 100,
        unit: 'ms',
        arm,
        n: answersMs.length,
        goal: null,
        context: {
          calls,
          shape: 'spread',
          transport: 'in process',
          providers: 'zero delay',
          vad: 'Silero',
          endOfTurn: 'v1-mini',
          from: 'true end of recorded speech',
          tickLateP99Ms: Math.round(percentile(tickLateMs, 0.99) * 100) / 100,
        },
      });
      yield figure('answer_p50_ms', percentile(answersMs, 0.5));
      yield figure('answer_p95_ms', percentile(answersMs, 0.95));
      yield figure('cpu_ms_per_call_second', cpuMsPerCallSecond);
    }
    yield {
      bench: 'turn-neural',
      metric: 'answer_p95_ratio_to_peer',
      value: Math.round(((p95.get(ARMS[0]) ?? Number.NaN) / (p95.get(ARMS[1]) ?? Number.NaN)) * 1000) / 1000,
      unit: 'ratio',
      arm: 'ours',
      n: calls * turns,
      goal: null,
      context: { calls, peer: ARMS[1] },
    };
  }
}

export const turnNeuralBench: Bench = {
  name: 'turn-neural',
  description:
    'True end of recorded speech to the answer with the neural models of the product in the loop, beside a bare AgentSession with the same (G5).',
  run,
};
