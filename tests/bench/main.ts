// `npm run bench -- [NAME...] [--list] [--quick] [--full]`: one JSON line per figure on standard output.
import type { Bench } from './figure.ts';

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
for (const bench of benches) {
  if (names.length > 0 && !names.includes(bench.name)) continue;
  process.stderr.write(`${bench.name}: ${bench.description}\n`);
  for await (const figure of bench.run({ quick: args.includes('--quick'), full: args.includes('--full') })) {
    process.stdout.write(
      `${JSON.stringify({ ...figure, context: { ...figure.context, node: process.version } })}\n`,
    );
  }
}
process.exit(0);
