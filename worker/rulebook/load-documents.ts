import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import { faultWords } from '#shared/domain/policy-faults.ts';
import { readPolicyDocument } from '#shared/domain/read-policy-document.ts';

export interface LoadedDocument {
  readonly file: string;
  readonly document: PolicyDocument;
}

/** Documents that could be read, and one sentence for everything that could not. */
export interface LoadedFolder {
  readonly documents: readonly LoadedDocument[];
  readonly problems: readonly string[];
}

/** Reads every `*.json` of a folder, in order of name. A folder there is not is one problem; nothing throws. */
export function loadDocuments(folder: string): LoadedFolder {
  let files: readonly string[];
  try {
    files = readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name.endsWith('.json') && !entry.name.startsWith('.'))
      .map(entry => join(folder, entry.name))
      .sort();
  } catch {
    return { documents: [], problems: [`There is no folder ${folder} that can be read.`] };
  }
  if (files.length === 0)
    return { documents: [], problems: [`The folder ${folder} holds no policy document (*.json).`] };
  const documents: LoadedDocument[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const read = readDocumentFile(file);
    if (read.ok) documents.push({ file, document: read.document });
    else problems.push(...read.problems);
  }
  return { documents, problems };
}

export type FileReading =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly problems: readonly string[] };

export function readDocumentFile(file: string): FileReading {
  let input: unknown;
  try {
    input = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/u, ''));
  } catch (error) {
    const why = error instanceof SyntaxError ? `is not JSON: ${error.message}` : 'cannot be read';
    return { ok: false, problems: [`${basename(file)} ${why}`] };
  }
  const reading = readPolicyDocument(input, nameOf(file));
  return reading.ok
    ? reading
    : { ok: false, problems: reading.faults.map(fault => `${basename(file)}: ${faultWords(fault)}`) };
}

/** What a document without a name is called: its file, in the letters a name may have. */
function nameOf(file: string): string {
  const name = basename(file, '.json')
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^[^a-z]+|-+$/gu, '')
    .slice(0, 40);
  return name.length >= 2 ? name : `document-${name}`;
}
