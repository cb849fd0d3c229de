/** `npm run audit -- [FILE...]`: proves from the logs of calls what was spoken; reads standard input without a file. */
import { readFileSync } from 'node:fs';
import { auditCalls, readEvents } from './audit/audit-calls.ts';

const files = process.argv.slice(2);
const texts = (files.length > 0 ? files : [0]).map(file => readFileSync(file, 'utf8'));
try {
  const { lines, exitCode } = auditCalls(texts.flatMap(readEvents));
  for (const line of lines) console.log(line);
  process.exitCode = exitCode;
} catch (error) {
  console.error(`This is no log of calls: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
