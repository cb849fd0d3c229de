import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editBlocks, joinBlocks, splitBlocks } from './blocks.ts';
import { policyDocumentSchema, type PolicyDocument } from './policy-document.ts';
import { blocksOf, clauseFaultWords, policyDocumentOf, readPolicyText } from './policy-text.ts';
import { readPolicyDocument } from './read-policy-document.ts';

const shipped = (name: string): PolicyDocument => {
  const file = new URL(`../../resources/policies/${name}.json`, import.meta.url);
  const reading = readPolicyDocument(JSON.parse(readFileSync(file, 'utf8')), name);
  if (!reading.ok) throw new Error(`${name} is no policy document`);
  return reading.document;
};
const textOf = (document: PolicyDocument): string => joinBlocks(blocksOf(document).map(({ text }) => text));
const words = (text: string): readonly string[] => {
  const reading = readPolicyText('own', text);
  return reading.ok ? [] : reading.faults.map(clauseFaultWords);
};

/** Any characters that could break a block: empty lines, fences, quotes, lone surrogates. */
const awkward = fc.oneof(
  fc.string({ minLength: 3, maxLength: 40, unit: 'grapheme' }),
  fc.constantFrom(
    'a\n\nb',
    '```\nx',
    '~~~ab',
    'a\r\n\r\nb',
    'say "x"\\',
    'ab\u2028\u2029',
    'x \t\n',
    '\ud800ab',
  ),
);
const documents = fc
  .record({
    note: fc.option(awkward, { nil: undefined }),
    version: fc.integer({ min: 1, max: 1000 }),
    phrases: fc.array(
      fc.array(
        awkward.map(text => `ab${text}`),
        { minLength: 1, maxLength: 4 },
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    ),
    figures: fc.boolean(),
  })
  .map(({ note, version, phrases, figures }) =>
    policyDocumentSchema.parse({
      format: 2,
      name: 'own',
      version,
      ...(note === undefined ? {} : { note }),
      policies: [
        ...phrases.map((list, at) => ({ kind: 'phrases', name: `words-${String(at)}`, phrases: list })),
        ...(figures ? [{ kind: 'figures' }] : []),
      ],
    }),
  );

describe('a policy document as text', () => {
  test('[POL60] a document becomes blocks and the same document again, also through an editor', () => {
    fc.assert(
      fc.property(documents, document => {
        const blocks = blocksOf(document);
        const typed = splitBlocks(textOf(document));
        expect(typed).toEqual(blocks.map(({ text }) => text));
        expect(policyDocumentOf('own', typed, document.version)).toEqual({ ok: true, document });
        expect(new Set(blocks.map(({ id }) => id)).size).toBe(blocks.length);
      }),
    );
    for (const name of ['calls', 'demo']) {
      const document = shipped(name);
      const reading = readPolicyText(name, textOf(document), document.version);
      expect(reading).toEqual({ ok: true, document });
    }
  });

  test('[POL60] the version is no part of the text, and a changed clause keeps its id', () => {
    const document = shipped('calls');
    expect(textOf({ ...document, version: 99 })).toBe(textOf(document));
    const before = blocksOf(document);
    const edited = textOf(document).replace('900000', '800000');
    const after = editBlocks(before, splitBlocks(edited), () => 'new');
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(before[0]).toMatchObject({ id: 'document-note' });
  });

  test('[POL61] what is no policy is told with the clause, the place in it and what is expected', () => {
    expect(words('{ "kind": "card-data" }\n\n{ "kind": "phrases",')).toEqual([
      expect.stringMatching(
        /^Clause 2: is no JSON \(.*\)\. A clause ends at an empty line; expected one policy/u,
      ),
    ]);
    expect(
      words('{ "note": "why" }\n\n{ "kind": "phrases", "name": "no-x", "phrases": ["a"], "more": 1 }'),
    ).toEqual([
      'Clause 2, phrases[0]: has 1 characters; expected at least 2 characters',
      expect.stringContaining('Clause 2, more: is not a field'),
    ]);
    expect(words('[1]')).toEqual([expect.stringContaining('Clause 1: is no JSON object')]);
    expect(words('')).toEqual(['The document: has 0 entries; expected at least 1 entries']);
    expect(words('{ "note": "a" }\n\n{ "note": "b" }')).toEqual([
      'Clause 2: is a second note; expected one note, or none',
    ]);
    expect(words('{ "kind": "card-data" }\n\n{ "note": 7 }')).toEqual([
      'Clause 2, note: is 7; expected a string',
    ]);
    expect(words('{ "kind": "card-data" }\n\n{ "kind": "card-data", "name": "other" }')[0]).toContain(
      'Clause 2, kind: "card-data" is there already',
    );
  });
});
