/**
 * The whole test run: `npm test [-- --only typecheck,lint,format,spec,unit,e2e] [vitest arguments]`.
 * Every part runs, whatever the parts before it said. The last line is the sum of all of them.
 */
import { parseArguments } from './test/arguments.ts';
import { PARTS } from './test/parts.ts';
import { closingLine, sumTallies, type Tally } from './test/tally.ts';

const { only, runnerArgs } = parseArguments(
  process.argv.slice(2),
  PARTS.map(part => part.name),
);
const tallies: Tally[] = [];
let interrupted = false;

for (const part of PARTS.filter(({ name }) => only.includes(name))) {
  const startedAtMs = performance.now();
  console.log(`\n--- ${part.name}`);
  const { tally, exitCode } = await part.run(runnerArgs);
  const tookS = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  for (const { title, reason } of tally.skipped) console.log(`skipped: ${title}: ${reason}`);
  console.log(`--- ${part.name}: ${closingLine(tally)} (${tookS} s)`);
  tallies.push(tally);
  interrupted = exitCode === 130 || exitCode === 143; // SIGINT, SIGTERM
  if (interrupted) break;
}

const sum = sumTallies(tallies);
if (interrupted) console.log('Interrupted: the parts after this one did not run.');
// Near the end, because whoever reads a long log reads it from there.
for (const { title, message } of sum.failures) console.log(`failed: ${title}: ${message}`);
console.log(`\n${closingLine(sum)}`);
process.exitCode = sum.failures.length > 0 || interrupted ? 1 : 0;
