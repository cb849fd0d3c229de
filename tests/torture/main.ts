// `npm run torture -- [NAME...] [--list] [--count N] [--seed S]`: one JSON line per result on standard output; exit code 1 if any failed.
import { parseArgs } from 'node:util';
import type { Torture } from './torture.ts';

const TORTURES: readonly (() => Promise<Torture>)[] = [
  async () => (await import('./fuzz/fuzz.ts')).fuzzTorture,
  async () => (await import('./drops/drops.ts')).dropsTorture,
  async () => (await import('./kills/kills.ts')).killsTorture,
  async () => (await import('./desks/desk-worlds.ts')).deskWorldsTorture,
  async () => (await import('./desks/desk-kills.ts')).deskKillsTorture,
  async () => (await import('./chains/chains.ts')).chainsTorture,
];

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      args: process.argv.slice(2),
      allowPositionals: true,
      options: {
        list: { type: 'boolean', default: false },
        count: { type: 'string' },
        seed: { type: 'string', default: '1' },
      },
    });
  } catch {
    return fail('Known: [NAME...] [--list] [--count N] [--seed S]');
  }
}

const { values, positionals } = readArguments();
const count = values.count === undefined ? null : Number(values.count);
const seed = Number(values.seed);
if (count !== null && !(Number.isInteger(count) && count > 0)) fail('--count takes a whole number above 0.');
if (!Number.isInteger(seed)) fail('--seed takes a whole number.');

const tortures = await Promise.all(TORTURES.map(load => load()));
const unknown = positionals.filter(name => !tortures.some(torture => torture.name === name));
if (unknown.length > 0)
  fail(`There is no torture ${unknown.join(', ')}. Known: ${tortures.map(({ name }) => name).join(', ')}`);
if (values.list) {
  for (const { name, description, fullCount } of tortures)
    process.stdout.write(`${name}\t${String(fullCount)}\t${description}\n`);
  process.exit(0);
}

let failed = false;
for (const torture of tortures) {
  if (positionals.length > 0 && !positionals.includes(torture.name)) continue;
  process.stderr.write(`${torture.name}: ${torture.description}\n`);
  const startedMono = performance.now();
  const run = torture.run({
    count: count ?? torture.fullCount,
    seed,
    onProgress: text => process.stderr.write(`${torture.name}: ${text}\n`),
  });
  for await (const result of run) {
    failed ||= result.failures.length > 0;
    const tookS = Math.round((performance.now() - startedMono) / 100) / 10;
    process.stdout.write(`${JSON.stringify({ ...result, ok: result.failures.length === 0, tookS })}\n`);
  }
}
process.exit(failed ? 1 : 0);
