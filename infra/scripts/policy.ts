/** `npm run policy -- try|check --policies DIR`: policies without a call, for whoever writes them and for their CI. */
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { faultWords } from '#shared/domain/policy-faults.ts';
import { loadDocuments } from '#worker/rulebook/load-documents.ts';
import { compileDocuments, type OrgRules } from '#worker/rulebook/org-rules.ts';
import { tryLine } from '#worker/rulebook/try-line.ts';

const USAGE = `Usage:
  npm run policy -- check --policies DIR   say whether the documents of DIR are valid
  npm run policy -- try --policies DIR     judge JSON lines from standard input
A line: {"id":"1","chunks":[{"text":"It costs 45 euros.","atMs":0}],"citations":["The price is 45 euros."],"toolResults":[]}
See docs/how-to/policies.md.`;

/** Says what is wrong with how the command was called, or with the documents. */
function refuse(lines: readonly string[]): never {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(2);
}

function readArguments(args: readonly string[]): { readonly verb: 'try' | 'check'; readonly folder: string } {
  let verb: 'try' | 'check' | null = null;
  let folder: string | null = null;
  for (let index = 0; index < args.length; index += 1) {
    const [flag = '', inline] = (args[index] ?? '').split(/=(.*)/su);
    if (flag === '--help' || flag === '-h') {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    }
    if (flag === '--policies') {
      folder = inline ?? args[(index += 1)] ?? '';
      if (folder === '' || folder.startsWith('--')) refuse(['--policies needs a folder.', USAGE]);
    } else if ((flag === 'try' || flag === 'check') && verb === null) verb = flag;
    else refuse([`There is no ${flag.startsWith('-') ? 'option' : 'command'} ${flag}.`, USAGE]);
  }
  if (verb === null) refuse(['Say what to do: try or check.', USAGE]);
  if (folder === null) refuse(['Say where the documents are: --policies DIR.', USAGE]);
  // npm starts scripts in the package's folder; a path is meant from where the person stands.
  return { verb, folder: resolve(process.env['INIT_CWD'] ?? process.cwd(), folder) };
}

const { verb, folder } = readArguments(process.argv.slice(2));
const { documents, problems } = loadDocuments(folder);
if (problems.length > 0) refuse(problems);
const answer = compileDocuments(
  documents.map(({ document }) => document),
  null,
);
if (!answer.ok) refuse(answer.faults.map(faultWords));
const { rules } = answer;

if (verb === 'check') {
  for (const { file, document } of documents)
    console.log(`${file}: ${document.name}@${document.version}, ${document.policies.length} policies`);
} else await judgeLines(rules);

async function judgeLines(rules: OrgRules): Promise<void> {
  for (const name of rules.unasked)
    process.stderr.write(`${name}: a model judges this one; a try asks no model and leaves it out.\n`);
  // Whoever reads us may stop reading, such as `head`.
  process.stdout.on('error', () => process.exit(process.exitCode ?? 0));
  let lineNumber = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    lineNumber += 1;
    if (line.trim() === '') continue;
    const tried = tryLine(rules, line, lineNumber);
    if ('error' in tried || (tried.unmet ?? []).length > 0) process.exitCode = 1;
    if (!process.stdout.write(`${JSON.stringify(tried)}\n`)) await once(process.stdout, 'drain');
  }
}
