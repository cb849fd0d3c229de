// `npm run bench -- [NAME...] [--list] [--quick] [--full]`: one JSON line per figure on standard output.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Bench, BenchOptions, Figure } from './figure.ts';
import { quietGuard } from './measure/quiet.ts';

const BENCHES: readonly (() => Promise<Bench>)[] = [
  async () => (await import('./gate.bench.ts')).gateBench,
  async () => (await import('./leak.bench.ts')).leakBench,
  async () => (await import('./barge-in.bench.ts')).bargeInBench,
  async () => (await import('./overlap.bench.ts')).overlapBench,
  async () => (await import('./reflex.bench.ts')).reflexBench,
  async () => (await import('./takeover.bench.ts')).takeoverBench,
  async () => (await import('./turn.bench.ts')).turnBench,
  async () => (await import('./tickets.bench.ts')).ticketsBench,
  async () => (await import('./brief.bench.ts')).briefBench,
  async () => (await import('./turn-neural.bench.ts')).turnNeuralBench,
  async () => (await import('./floor.bench.ts')).floorBench,
  async () => (await import('./start.bench.ts')).startBench,
  async () => (await import('./continuity.bench.ts')).continuityBench,
  async () => (await import('./livekit.bench.ts')).livekitBench,
  async () => (await import('./relay.bench.ts')).relayBench,
  async () => (await import('./store.bench.ts')).storeBench,
];

const args = process.argv.slice(2);
const names = args.filter(arg => !arg.startsWith('--'));
const benches = await Promise.all(BENCHES.map(load => load()));
const unknown = names.filter(name => !benches.some(bench => bench.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no bench ${unknown.join(', ')}. Known: ${benches.map(bench => bench.name).join(', ')}\n`,
  );
  process.exit(2);
}
if (args.includes('--list')) {
  for (const { name, description } of benches) process.stdout.write(`${name}\t${description}\n`);
  process.exit(0);
}
const options: BenchOptions = { quick: args.includes('--quick'), full: args.includes('--full') };
const machine = { node: process.version, cores: availableParallelism(), commit: commit() };
for (const bench of benches) {
  if (names.length > 0 && !names.includes(bench.name)) continue;
  process.stderr.write(`${bench.name}: ${bench.description}\n`);
  const guard = await quietGuard();
  const figures: Figure[] = [];
  for await (const figure of bench.run(options)) {
    figures.push(figure);
    print(figure);
  }
  const { quiet, idleRatioBefore, foreignRatio, spinRatio } = guard();
  print({
    bench: bench.name,
    metric: 'quiet',
    value: quiet ? 1 : 0,
    unit: 'yes or no',
    arm: 'machine',
    n: figures.length,
    goal: { min: 1 },
    context: {
      idleRatioBefore,
      foreignRatio,
      spinRatio,
      otherwise: 'absolute figures of this bench are upper bounds',
    },
  });
}
process.exit(0);

function print(figure: Figure): void {
  const line = { ...figure, context: { ...figure.context, ...machine } };
  // An answer that never came is infinite, which JSON has no number for.
  process.stdout.write(
    `${JSON.stringify(line, (_key, value: unknown) => (value === Number.POSITIVE_INFINITY ? 'never' : value))}\n`,
  );
}

function commit(): string {
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  return stdout.trim() === '' ? 'unknown' : stdout.trim();
}
