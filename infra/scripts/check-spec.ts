/** Every rule in `docs/spec` has a test that names it, and every rule a test names exists. */
import { globSync, readFileSync } from 'node:fs';
import { inRoot, ROOT } from './bootstrap/paths.mjs';
import { ruleProblems, rulesIn, testedRulesIn, type SourceText } from './spec/rule-coverage.ts';

const TESTS = '{shared,worker,electron,renderer,infra,tests}/**/*.{test.ts,test.tsx,e2e.ts,contract.ts}';

const read = (pattern: string): SourceText[] =>
  globSync(pattern, { cwd: ROOT })
    .sort()
    .map(path => ({ path, text: readFileSync(inRoot(path), 'utf8') }));

const rules = read('docs/spec/*.md').flatMap(rulesIn);
// The check's own tests hold made-up ids.
const tests = read(TESTS).filter(({ path }) => !path.startsWith('infra/scripts/spec/'));
const problems = ruleProblems(rules, tests.flatMap(testedRulesIn));

for (const problem of problems) console.log(problem);
console.log(`${rules.length} rules, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
