import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { policyDocumentPage } from './write-policy-document.ts';

test('[POL34] the page in the repository is the one the schema makes', () => {
  const page = join(import.meta.dirname, '../../docs/reference/policy-document.md');
  expect(readFileSync(page, 'utf8')).toBe(policyDocumentPage());
});
