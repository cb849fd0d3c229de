import { strToU8, zipSync } from 'fflate';
import type { KnowledgeFields } from '#shared/protocol/knowledge.ts';
import { writeFrontMatter } from './front-matter.ts';

export interface ExportedDocument {
  readonly docId: string;
  readonly status: string;
  readonly fields: KnowledgeFields;
  readonly markdown: string;
}

/** Every document as a Markdown file with front matter, named after its title; the same title twice gets a number. */
export function exportZip(documents: readonly ExportedDocument[]): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  for (const { docId, status, fields, markdown } of documents) {
    const stem = fileName(fields.title ?? docId);
    let name = `${stem}.md`;
    for (let count = 2; name in files; count += 1) name = `${stem}-${String(count)}.md`;
    files[name] = strToU8(writeFrontMatter(docId, status, fields, markdown));
  }
  return zipSync(files, { level: 6 });
}

/** A name that every file system takes and that points nowhere else. */
const fileName = (title: string): string =>
  title
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/gu, '')
    .toLowerCase()
    .slice(0, 80) || 'document';
