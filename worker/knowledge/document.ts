import { z } from 'zod';
import { checkDocument, unusable } from '#shared/errors/read-document.ts';

/** One knowledge document as people write it: front matter and a body. Only approved ones are ever cited (RET1). */
export const knowledgeDocumentSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1),
  status: z.enum(['draft', 'in-review', 'approved', 'archived']),
  owner: z.string().min(1),
  approvedOn: z.iso.date(),
  body: z.string().min(1),
});
export type KnowledgeDocument = z.infer<typeof knowledgeDocumentSchema>;

/** Reads a Markdown file with front matter. Throws `input.invalid` with the name of what is missing. */
export function parseDocument(text: string, name = 'text'): KnowledgeDocument {
  const what = `knowledge document ${name}`;
  const match = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text.replace(/\r\n/g, '\n'));
  if (!match) throw unusable(what, 'it has to begin with front matter between two lines of ---');
  const fields = Object.fromEntries(
    (match[1] ?? '').split('\n').map(line => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
  return checkDocument(what, { ...fields, body: (match[2] ?? '').trim() }, knowledgeDocumentSchema);
}
