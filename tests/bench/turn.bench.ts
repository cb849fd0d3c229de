import { seededRandom } from '#shared/base/random.ts';
import { INJECTED_MS, policyMsOf, type Arm } from './arms.ts';
import { percentile, type Bench, type BenchOptions, type Figure } from './figure.ts';
import { bootstrapInterval } from './measure/bootstrap-interval.ts';
import { runHosts } from './run-hosts.ts';
import type { TurnRun } from './turn-run.ts';

const ARMS = [
  'ours',
  'bare-agent-session-defaults',
  'bare-agent-session-tuned',
] as const satisfies readonly Arm[];
/** Calls of the spread shape begin evenly over six seconds and the peer's voice arrives at four times real time; of the burst shape within one second, all at once. */
const SHAPES = {
  spread: { startWithinMs: 6000, voicePaceRatio: 4 },
  burst: { startWithinMs: 1000, voicePaceRatio: null },
} as const;
type Shape = keyof typeof SHAPES;

/** A generator that is later than this cannot tell who was late. */
const TICK_LATE_LIMIT_MS = 5;

interface Load {
  readonly calls: number;
  readonly hosts: number;
  readonly shape: Shape;
}

const LOADS: readonly Load[] = [
  { calls: 1, hosts: 1, shape: 'spread' },
  { calls: 10, hosts: 1, shape: 'spread' },
  { calls: 50, hosts: 2, shape: 'spread' },
  { calls: 50, hosts: 2, shape: 'burst' },
  { calls: 100, hosts: 2, shape: 'spread' },
  { calls: 100, hosts: 2, shape: 'burst' },
];

async function* run({ quick, full }: BenchOptions): AsyncGenerator<Figure> {
  const repeats = full ? 5 : quick ? 1 : 2;
  for (const load of LOADS) {
    const turns = full
      ? Math.ceil(2000 / load.calls / repeats)
      : quick
        ? 3
        : Math.max(4, Math.ceil(60 / load.calls));
    const runs = new Map<Arm, TurnRun[]>(ARMS.map(arm => [arm, []]));
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      // A B C, then C B A: what drifts meets every arm alike.
      for (const arm of repeat % 2 === 0 ? ARMS : ARMS.toReversed())
        runs.get(arm)?.push(await one(arm, load, turns));
    }
    for (const arm of ARMS) yield* figuresOf(arm, load, runs.get(arm) ?? []);
    for (const peer of ARMS.slice(1)) yield beside(peer, load, runs);
  }
  yield await sensitivity(quick ? 8 : 20);
}

const one = (arm: Arm, { calls, hosts, shape }: Load, turns: number): Promise<TurnRun> =>
  runHosts(hosts, { arm, calls, turns, ...SHAPES[shape], speech: null });

const overheads = (arm: Arm, run: TurnRun): number[] =>
  run.answersMs.map(answerMs => answerMs - policyMsOf(arm));
const round = (value: number): number => Math.round(value * 100) / 100;

function* figuresOf(arm: Arm, load: Load, runs: readonly TurnRun[]): Generator<Figure> {
  const tickLateP99Ms = round(
    percentile(
      runs.flatMap(run => run.tickLateMs),
      0.99,
    ),
  );
  const n = runs.reduce((sum, run) => sum + run.answersMs.length, 0);
  const context = {
    ...load,
    ...SHAPES[load.shape],
    repeats: runs.length,
    policyMs: policyMsOf(arm),
    transport: 'in process',
    providers: 'zero delay',
    vad: 'energy',
    aecWarmup: 'off',
    ourVoice: 'whole sentence at once in both shapes',
    generator: 'in the host process',
    // Answers are heard in frames: nothing shorter than one can be seen, and one is the least there is.
    gridMs: 20,
    tickLateP99Ms,
    keptPace: tickLateP99Ms <= TICK_LATE_LIMIT_MS,
  };
  const isBig = load.calls === 100 && arm === 'ours';
  const goals: Readonly<Record<string, number>> =
    load.shape === 'spread' ? { p95: 8, p99: 25 } : { p95: 30, p99: 60 };
  for (const [name, ratio] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const) {
    const perRun = runs.map(run => percentile(overheads(arm, run), ratio));
    const max = goals[name];
    yield {
      bench: 'turn',
      metric: `overhead_${name}_ms`,
      value: round(percentile(perRun, 0.5)),
      unit: 'ms',
      arm,
      n,
      goal: isBig && max !== undefined ? { max } : null,
      context: {
        ...context,
        perRun: perRun.map(round),
        interval95: bootstrapInterval(perRun, seededRandom(1)),
      },
    };
  }
  yield {
    bench: 'turn',
    metric: 'cpu_ms_per_call_second',
    value: round(
      percentile(
        runs.map(run => run.cpuMsPerCallSecond),
        0.5,
      ),
    ),
    unit: 'ms',
    arm,
    n,
    goal: null,
    context,
  };
}

/** Ours beside one peer, run by run. */
function beside(peer: Arm, load: Load, runs: ReadonlyMap<Arm, readonly TurnRun[]>): Figure {
  const p95 = (arm: Arm): number[] => (runs.get(arm) ?? []).map(run => percentile(overheads(arm, run), 0.95));
  const theirs = p95(peer);
  const more = p95('ours').map((ours, at) => ours - (theirs[at] ?? Number.NaN));
  return {
    bench: 'turn',
    metric: `overhead_p95_over_${peer}_ms`,
    value: round(percentile(more, 0.5)),
    unit: 'ms',
    arm: 'ours',
    n: more.length,
    goal: peer === 'bare-agent-session-tuned' ? { max: 20 } : null,
    context: { ...load, peer, perRun: more.map(round), floor: 'one frame of 20 ms' },
  };
}

/** A delay put into our own pipeline has to be found again, or the bench measures something else. */
async function sensitivity(turns: number): Promise<Figure> {
  const load: Load = { calls: 10, hosts: 1, shape: 'spread' };
  const plain = await one('ours-dithered', load, turns);
  const delayed = await one('ours-dithered-and-delayed', load, turns);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    bench: 'turn',
    metric: 'found_of_injected_25_ms',
    value: round(mean(delayed.answersMs) - mean(plain.answersMs)),
    unit: 'ms',
    arm: 'ours',
    n: plain.answersMs.length,
    goal: { max: INJECTED_MS + 5 },
    context: {
      ...load,
      injectedMs: INJECTED_MS,
      mustBeAtLeast: INJECTED_MS - 5,
      of: 'means, with a delay drawn evenly over one frame in both',
    },
  };
}

export const turnBench: Bench = {
  name: 'turn',
  description:
    'Time our platform adds to a turn at 1 to 100 calls, spread and in a burst, beside a bare AgentSession with its defaults and tuned to ours (G1).',
  run,
};
