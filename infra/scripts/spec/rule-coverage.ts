import ts from 'typescript';

/** What each rule is about; see the pages in `docs/spec`. */
export const RULE_PREFIXES = [
  ...[
    'TEL',
    'TUR',
    'ARB',
    'GATE',
    'REF',
    'OVL',
    'RSN',
    'TOOL',
    'RET',
    'HO',
    'SUP',
    'MED',
    'HEAR',
    'HUSH',
    'VOI',
    'PRO',
    'ESC',
  ],
  ...[
    'KN',
    'KNW',
    'NOT',
    'TIC',
    'SYN',
    'DST',
    'AUD',
    'ARC',
    'REP',
    'TL',
    'API',
    'IPC',
    'CLI',
    'UI',
    'SEC',
    'SHL',
    'REC',
    'HIS',
    'KEY',
    'EAR',
    'BAD',
    'DAY',
    'MET',
    'TRC',
    'POL',
    'LK',
    'ROOM',
    'HOST',
    'TOK',
    'HOOK',
    'SIP',
    'WID',
    'LINK',
    'MOS',
    'PG',
    'OBS',
    'CAP',
    'CHA',
    'BEN',
    'ACC',
    'PRIV',
  ],
];

export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** A rule, or a test that names one, and where. */
export interface Mention {
  readonly id: string;
  readonly where: string;
}

/** Rules are the lines that start with `- **GATE3**`. */
export function rulesIn({ path, text }: SourceText): Mention[] {
  return text.split('\n').flatMap((line, index) => {
    const id = /^- \*\*([A-Z]+\d+)\*\*/.exec(line)?.[1];
    return id === undefined ? [] : [{ id, where: `${path}:${index + 1}` }];
  });
}

/** Ids lead the title of a test or a suite: `test('[GATE3][GATE4] a sentence', ...)`. */
export function testedRulesIn({ path, text }: SourceText): Mention[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const mentions: Mention[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTestFunction(node.expression)) {
      const title = node.arguments[0] === undefined ? '' : leadingText(node.arguments[0]);
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
      const ids = /^(?:\[[A-Z]+\d+\])+/.exec(title)?.[0].match(/[A-Z]+\d+/g) ?? [];
      mentions.push(...ids.map(id => ({ id, where: `${path}:${line}` })));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return mentions;
}

/** `test`, `it.each(rows)`, `describe.skipIf(x)`, `test.each` with a table in backticks. */
function isTestFunction(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return ['test', 'it', 'describe'].includes(callee.text);
  if (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee))
    return isTestFunction(callee.expression);
  return ts.isTaggedTemplateExpression(callee) && isTestFunction(callee.tag);
}

function leadingText(title: ts.Expression): string {
  if (ts.isStringLiteralLike(title)) return title.text;
  return ts.isTemplateExpression(title) ? title.head.text : '';
}

/** Everything that keeps rules and tests apart, one sentence each; empty when they agree. */
export function ruleProblems(rules: readonly Mention[], tests: readonly Mention[]): string[] {
  const ruleById = new Map<string, Mention>();
  const problems = rules.length === 0 ? ['docs/spec holds no rules: nothing was checked'] : [];
  for (const rule of rules) {
    const first = ruleById.get(rule.id);
    if (first) problems.push(`${rule.where}: ${rule.id} is already a rule in ${first.where}`);
    else ruleById.set(rule.id, rule);
    if (!RULE_PREFIXES.includes(rule.id.replace(/\d+$/, ''))) {
      problems.push(`${rule.where}: ${rule.id} has a prefix nobody knows`);
    }
  }
  const tested = new Set(tests.map(test => test.id));
  for (const { id, where } of ruleById.values())
    if (!tested.has(id)) problems.push(`${where}: no test names ${id}`);
  for (const { id, where } of tests) if (!ruleById.has(id)) problems.push(`${where}: there is no rule ${id}`);
  return problems;
}
