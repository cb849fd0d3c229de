import { describe, expect, test } from 'vitest';
import { ruleProblems, rulesIn, testedRulesIn } from './rule-coverage.ts';

const idsIn = (text: string) => testedRulesIn({ path: 'a.test.ts', text }).map(mention => mention.id);

describe('rules in a page', () => {
  test('a rule is a list line that starts with a bold id; prose that cites one is not', () => {
    const text = '# Gate\n- **GATE1** Nothing is spoken unjudged.\nSee **GATE2**.\n  - **GATE3** nested';
    expect(rulesIn({ path: 'docs/spec/gate.md', text })).toEqual([
      { id: 'GATE1', where: 'docs/spec/gate.md:2' },
    ]);
  });
});

describe('rules named by tests', () => {
  test('one title may name several rules', () => {
    expect(idsIn("test('[GATE3][GATE4] a split word is found', () => {});")).toEqual(['GATE3', 'GATE4']);
  });

  test('tables, suites, conditions and templates count', () => {
    expect(
      idsIn(
        [
          "test.each([1, 2])('[TEL1] %s', () => {});",
          "describe('[TEL2] suite', () => { it.skipIf(x)('[TEL3] inner', () => {}); });",
          'test(`[TEL4] ${name}`, () => {});',
          "test.each`a|b`('[TEL5] $a', () => {});",
        ].join('\n'),
      ),
    ).toEqual(['TEL1', 'TEL2', 'TEL3', 'TEL4', 'TEL5']);
  });

  test('ids in comments, in data and later in a title do not count', () => {
    expect(idsIn("// test('[TEL1] x')\nconst s = '[TEL2] x'; test('see [TEL3]', () => {});")).toEqual([]);
  });
});

describe('problems', () => {
  const at = (id: string, where = 'x:1') => ({ id, where });

  test('rules and tests that agree have none', () => {
    expect(ruleProblems([at('UI1')], [at('UI1'), at('UI1')])).toEqual([]);
  });

  test('no rules at all is a problem: the check would never fail again', () => {
    expect(ruleProblems([], [])).toHaveLength(1);
  });

  test('a rule without a test, a test without a rule, a double and an unknown prefix are each named', () => {
    const problems = ruleProblems([at('UI1', 'a:1'), at('UI1', 'b:2'), at('XX1', 'c:3')], [at('UI9', 'd:4')]);
    expect(problems).toEqual([
      'b:2: UI1 is already a rule in a:1',
      'c:3: XX1 has a prefix nobody knows',
      'a:1: no test names UI1',
      'c:3: no test names XX1',
      'd:4: there is no rule UI9',
    ]);
  });
});
