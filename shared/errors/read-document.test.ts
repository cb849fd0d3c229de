import { expect, test } from 'vitest';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import { readDocument } from './read-document.ts';

test.each([
  ['{', 'it is not valid JSON'],
  ['{"version":1,"policies":[{"name":"no-x","overridable":1,"phrases":[]}]}', 'at policies.0.overridable'],
])('[DAY25] a policy document %s is refused with its name and the place', (text, place) => {
  let refused: unknown = null;
  try {
    readDocument('policy document demo.json', text, phrasePolicyDocumentSchema);
  } catch (error) {
    refused = error;
  }
  expect(refused).toMatchObject({ body: { code: 'input.invalid' } });
  expect(String(refused)).toContain('policy document demo.json');
  expect(String(refused)).toContain(place);
});
