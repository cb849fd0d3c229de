import { describe, expect, test } from 'vitest';
import { readPolicyDocument } from '#shared/domain/read-policy-document.ts';
import { compileDocuments, type OrgRules } from './org-rules.ts';
import { tryLine } from './try-line.ts';

function rulesFor(policies: readonly object[]): OrgRules {
  const read = readPolicyDocument({ format: 2, name: 'test', version: 4, policies }, 'test');
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const compiled = compileDocuments([read.document], null);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.rules;
}
const promises = rulesFor([{ kind: 'phrases', name: 'no-guarantee', phrases: ['guarantee'] }]);
const answer = (rules: OrgRules, input: object): Record<string, unknown> =>
  tryLine(rules, JSON.stringify({ id: '1', ...input }), 7);

describe('policy try', () => {
  test('[POL30] what stands before a veto is released, nothing after it, and every sentence has its times', () => {
    const tried = answer(promises, {
      chunks: [
        { text: 'Sure. I guar', atMs: 10 },
        { text: 'antee it. ', atMs: 40 },
        { text: 'Bye. ', atMs: 90 },
      ],
    });
    expect(tried).toMatchObject({
      id: '1',
      decision: 'veto',
      released: 'Sure. ',
      veto: { policy: 'no-guarantee', reason: 'forbidden-phrase' },
      policies: 'test@4',
    });
    expect(tried['units']).toEqual([
      { text: 'Sure. ', decision: 'allow', released: 'Sure. ', draftedAtMs: 10, judgedAtMs: 10 },
      { text: 'I guarantee it. ', decision: 'veto', released: '', draftedAtMs: 40, judgedAtMs: 40 },
      { text: 'Bye. ', decision: 'veto', released: '', draftedAtMs: 90, judgedAtMs: 90 },
    ]);
    expect(tried['verdicts']).toContainEqual({
      policy: 'no-guarantee',
      decision: 'veto',
      reason: 'forbidden-phrase',
    });
  });

  test('[POL30] a sentence whose end may go on waits, and is judged when the next one has come', () => {
    const tried = answer(promises, {
      chunks: [
        { text: 'Order 4711. ', atMs: 5 },
        { text: 'It is here. ', atMs: 80 },
      ],
      toolResults: [{ name: 'orderNumber', value: 4711 }],
    });
    expect(tried['released']).toBe('Order 4711. It is here. ');
    expect(tried['units']).toMatchObject([
      { draftedAtMs: 5, judgedAtMs: 80 },
      { draftedAtMs: 80, judgedAtMs: 80 },
    ]);
  });

  test('[POL7] a card number is redacted, and does not need a source beside', () => {
    const tried = answer(promises, {
      chunks: [{ text: 'Your card four one one one 1111 ' }, { text: '1111 1111 is on file. ' }],
    });
    expect(tried).toMatchObject({
      decision: 'redact',
      released: 'Your card the card number is on file. ',
      veto: null,
    });
    expect(tried['verdicts']).toContainEqual({
      policy: 'grounded-figures',
      decision: 'allow',
      reason: 'redacted',
    });
  });

  test.each([
    [['The fee is 45 euros.'], [], 'allow'],
    [[{ sourceId: 'fees', quote: 'The fee is forty-five euros.' }], [], 'allow'],
    [[], [{ name: 'fee', value: 45 }], 'allow'],
    [[], [{ order: { lines: [{ fee: '45.00' }] } }], 'allow'],
    [[], [{ fee: 46 }], 'veto'],
    [[], [], 'veto'],
  ])(
    '[POL33] with the citations %j and the tool results %j a fee of 45: %s',
    (citations, toolResults, decision) => {
      expect(
        answer(promises, { chunks: [{ text: 'The fee is 45 euros.' }], citations, toolResults })['decision'],
      ).toBe(decision);
    },
  );

  test('[POL30] nothing said is nothing released', () => {
    expect(answer(promises, { chunks: [], citations: null })).toMatchObject({
      decision: 'allow',
      released: '',
    });
  });

  test.each([
    ['{"id":"a"', null, /^The line is not JSON/u],
    ['[]', null, /^the line: is a list of 0; expected an object$/u],
    ['{"id":"a"}', 'a', /^chunks: is missing; expected a list$/u],
    ['{"id":3,"chunks":[{"text":5}]}', 3, /^chunks\[0\]\.text: is 5; expected a string$/u],
    [
      '{"id":"a","chunks":[{"text":"b","atMs":9},{"text":"c","atMs":8}]}',
      'a',
      /^chunks\[1\]\.atMs: is 8; expected at least 9, because chunks come in order$/u,
    ],
  ])('[POL31] %s is answered with an error', (line, id, message) => {
    const tried = tryLine(promises, line, 7);
    expect(tried).toMatchObject({ id, line: 7, error: { code: 'input.invalid' } });
    expect('error' in tried ? tried.error.message : '').toMatch(message);
  });
});
