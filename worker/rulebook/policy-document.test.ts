import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { faultWords } from '#shared/domain/policy-faults.ts';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import { mergePolicyDocuments, readPolicyDocument } from '#shared/domain/read-policy-document.ts';
import { compileDocuments } from './org-rules.ts';

const first = JSON.parse(
  readFileSync(new URL('../../resources/policies/demo.json', import.meta.url), 'utf8'),
) as object;
const withPolicies = (...policies: unknown[]): object => ({ format: 2, name: 'shop', version: 2, policies });
const words = { kind: 'phrases', name: 'no-words', phrases: ['guarantee'] };

function faults(input: unknown): string[] {
  const read = readPolicyDocument(input, 'file');
  return read.ok ? [] : read.faults.map(faultWords);
}
function document(input: unknown): PolicyDocument {
  const read = readPolicyDocument(input, 'file');
  if (!read.ok) throw new Error(read.faults.map(faultWords).join('\n'));
  return read.document;
}

describe('policy documents', () => {
  test('[POL1] a list of phrase policies is read, called after its file, and means the same', () => {
    const read = document(first);
    expect([read.format, read.name, read.version]).toEqual([2, 'file', 1]);
    expect(read.policies[0]).toMatchObject({
      kind: 'phrases',
      name: 'no-refund-promise',
      overridable: true,
    });
    const rules = compileDocuments([read], null);
    expect(rules.ok && rules.rules.gate.phrasePolicies.map(({ name }) => name)).toEqual([
      'no-refund-promise',
      'no-guarantee',
      'topic-bounds',
      'no-human-claim',
      'no-blame-or-insult',
      'no-internal-talk',
    ]);
    expect(faults({ version: 1, policies: [] })).toEqual([
      'policies: has 0 entries; expected at least 1 entries',
    ]);
  });

  test.each<[unknown, string]>([
    [null, 'the document: is null; expected an object'],
    [{ format: 3, name: 'a', version: 1, policies: [words] }, 'format: is 3; expected 2'],
    [{ ...withPolicies(words), version: 0 }, 'version: is 0; expected more than 0'],
    [{ ...withPolicies(words), version: 1.5 }, 'version: is 1.5; expected a whole number'],
    [{ ...withPolicies(words), polices: 1 }, 'polices: is not a field of this place'],
    [withPolicies({ kind: 'phrase' }), 'policies[0].kind: is "phrase"; expected one of the kinds'],
    [withPolicies({ ...words, name: 'No Words' }), 'policies[0].name: is "No Words"; expected two to forty'],
    [withPolicies({ ...words, phrases: ['!!'] }), 'policies[0].phrases[0]: "!!" has fewer than two letters'],
    [withPolicies({ ...words, phrases: [{ phrase: 'guarantee', ends: 'word' }] }), 'policies[0].phrases[0].ends: is not'],
    [withPolicies({ kind: 'personal-data', email: 'hide' }), 'policies[0].email: is "hide"; expected one of "redact", "veto", "allow"'],
    [withPolicies({ kind: 'card-data', action: 'allow' }), 'policies[0].action: is "allow"; expected one of "redact", "veto"'],
    [withPolicies({ kind: 'tool-permissions', intents: { CHEK: [] } }), 'policies[0].intents'],
    [withPolicies({ kind: 'required-statement', name: 'a-b', anyOf: ['an assistant'], remedy: 'attention' }), 'policies[0]: says no time; expected exactly one of'],
    [withPolicies({ kind: 'required-statement', name: 'a-b', anyOf: ['an assistant'], before: 'first-answer', remedy: 'say' }), 'policies[0].text: is missing; expected the sentence to say'],
    [withPolicies({ kind: 'required-statement', name: 'a-b', anyOf: ['an assistant'], before: 'first-answer', remedy: 'say', text: 'Hello.' }), 'policies[0].text: holds none of the phrases'],
    [withPolicies({ kind: 'call-limits', wrapUpAfterMs: 90_000, endAfterMs: 60_000 }), 'policies[0]: its times do not follow each other'],
    [withPolicies({ kind: 'confidence', intent: { clarifyBelowRatio: 0.2, offerHumanBelowRatio: 0.4 } }), 'policies[0].intent.clarifyBelowRatio: is below offerHumanBelowRatio'],
    [withPolicies({ kind: 'model-judge', name: 'a-b', instruction: 'No.', budgetMs: 9 }), 'policies[0].budgetMs: is 9; expected at least 50'],
  ])('[POL2] %j is refused: %s', (input, message) => {
    expect(faults(input).some(fault => fault.startsWith(message))).toBe(true);
  }); // prettier-ignore

  test('[POL2] every fault is told, not the first alone', () => {
    expect(faults(withPolicies({ ...words, name: '!' }, { kind: 'card-data', action: 'no' }))).toHaveLength(
      2,
    );
  });

  test('[POL3] no two of a name, and one of a kind that stands alone', () => {
    expect(faults(withPolicies(words, words))).toEqual([
      'policies[1].name: "no-words" is the name of policies[0] too; expected a name of its own, because verdicts are told apart by it',
    ]);
    expect(faults(withPolicies({ kind: 'figures' }, { kind: 'figures', name: 'other-figures' }))).toEqual([
      'policies[1].kind: "figures" is there already, in policies[0]; expected at most one policy of this kind',
    ]);
    const shop = document(withPolicies(words));
    const cards = document({ ...withPolicies({ kind: 'card-data' }), name: 'cards', version: 7 });
    expect(mergePolicyDocuments([shop, cards])).toMatchObject({ ok: true, label: 'cards@7+shop@2' });
    expect(mergePolicyDocuments([shop, shop])).toMatchObject({
      ok: false,
      faults: [{ problem: 'two documents are called "shop"' }],
    });
    expect(mergePolicyDocuments([shop, { ...cards, policies: shop.policies }])).toMatchObject({
      ok: false,
      faults: [{ path: 'shop: policies[0].name' }],
    });
  });

  test('[POL5] cards, figures and personal data are judged also where nobody wrote them down', () => {
    const judges = (...policies: unknown[]): readonly string[] => {
      const answer = compileDocuments([document(withPolicies(...policies))], null);
      return answer.ok ? answer.rules.gate.policies.map(({ name }) => name) : [];
    };
    expect(judges(words)).toEqual(['grounded-figures', 'no-card-data', 'personal-data']);
    expect(judges({ kind: 'figures', name: 'our-figures' })).toEqual([
      'our-figures',
      'no-card-data',
      'personal-data',
    ]);
  });
});
