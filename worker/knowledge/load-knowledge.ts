import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from './document.ts';
import { KeywordKnowledgeBase } from './keyword-knowledge-base.ts';

/** Reads every document of a folder into one immutable snapshot. Throws `input.invalid` with the file's name if one is broken. */
export function loadKnowledge(folder: string): KeywordKnowledgeBase {
  const documents = readdirSync(folder)
    .filter(name => name.endsWith('.md'))
    .sort()
    .map(name => parseDocument(readFileSync(join(folder, name), 'utf8'), name));
  return new KeywordKnowledgeBase(documents);
}
