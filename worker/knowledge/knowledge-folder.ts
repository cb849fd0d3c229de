import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnowledgeText } from './knowledge-shelf.ts';

/** Every Markdown file of a folder, in order of its name. Rejects where the folder cannot be read. */
export function knowledgeFolder(folder: string): () => Promise<readonly KnowledgeText[]> {
  return async (): Promise<readonly KnowledgeText[]> => {
    const names = (await readdir(folder)).filter(name => name.endsWith('.md')).sort();
    return Promise.all(names.map(async name => ({ name, text: await readFile(join(folder, name), 'utf8') })));
  };
}
