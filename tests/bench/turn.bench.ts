import { POLICY_MS } from './arms.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';
import { runTurns, type Arm } from './turn-run.ts';

const ARMS: readonly Arm[] = ['ours', 'bare-agent-session-tuned'];

async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  for (const calls of [1, 10]) {
    const turns = full ? Math.ceil(2000 / calls) : quick ? 5 : 12;
    const overhead = new Map<Arm, number>();
    for (const arm of ARMS) {
      const { answersMs, tickLateMs, cpuMsPerCallSecond } = await runTurns(arm, calls, turns, 6000);
      const over = answersMs.map(answerMs => answerMs - POLICY_MS);
      const context = {
        calls,
        shape: 'spread',
        policyMs: POLICY_MS,
        transport: 'in process',
        providers: 'zero delay',
        vad: 'energy',
        tickLateP99Ms: percentile(tickLateMs, 0.99),
      };
      overhead.set(arm, percentile(over, 0.95));
      yield {
        bench: 'turn',
        metric: 'overhead_p50_ms',
        value: percentile(over, 0.5),
        unit: 'ms',
        arm,
        n: over.length,
        goal: null,
        context,
      };
      yield {
        bench: 'turn',
        metric: 'overhead_p95_ms',
        value: percentile(over, 0.95),
        unit: 'ms',
        arm,
        n: over.length,
        goal: null,
        context,
      };
      yield {
        bench: 'turn',
        metric: 'cpu_ms_per_call_second',
        value: cpuMsPerCallSecond,
        unit: 'ms',
        arm,
        n: over.length,
        goal: null,
        context,
      };
    }
    const more =
      (overhead.get('ours') ?? Number.NaN) - (overhead.get('bare-agent-session-tuned') ?? Number.NaN);
    yield {
      bench: 'turn',
      metric: 'overhead_p95_over_peer_ms',
      value: more,
      unit: 'ms',
      arm: 'ours',
      n: calls * turns,
      goal: { max: 20 },
      context: { calls, floor: 'one frame of 20 ms', target: 5 },
    };
  }
}

export const turnBench: Bench = {
  name: 'turn',
  description:
    'Time our platform adds to a turn, with all lanes, gate and log, beside a bare AgentSession on the same providers (G1).',
  run,
};
