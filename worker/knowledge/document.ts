import { z } from 'zod';

/** One knowledge document as people write it: front matter and a body. Only approved ones are ever cited (RET1). */
export const knowledgeDocumentSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1),
  status: z.enum(['draft', 'in-review', 'approved', 'archived']),
  owner: z.string().min(1),
  approvedOn: z.iso.date(),
  /** An objection holds approved replies to what callers say; it is found by `heard` and not by its body. */
  kind: z.enum(['fact', 'objection']).default('fact'),
  /** What callers say, each as few words as tell it: `too expensive; cheaper elsewhere`. */
  heard: z
    .string()
    .default('')
    .transform(text => text.split(';').map(phrase => phrase.trim()))
    .transform(phrases => phrases.filter(phrase => phrase !== '')),
  body: z.string().min(1),
});
export type KnowledgeDocument = z.output<typeof knowledgeDocumentSchema> & {
  /** The published revision it is; absent for a file. */
  readonly revisionId?: string;
};

export type DocumentAnswer =
  | { readonly ok: true; readonly document: KnowledgeDocument }
  /** `line` counts from 1. */
  | { readonly ok: false; readonly line: number; readonly message: string };

/** Reads a Markdown file with front matter. A broken one is an answer with the line that has to be mended (RET22). */
export function readDocument(text: string): DocumentAnswer {
  const source = text.replace(/\r\n/g, '\n');
  const match = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source);
  if (!match) return refused(1, 'a knowledge document begins with front matter between two lines of ---');
  const fields: Record<string, string> = {};
  const lineOf: Record<string, number> = {};
  for (const [index, line] of (match[1] ?? '').split('\n').entries()) {
    if (line.trim() === '') continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    if (colon < 1) return refused(index + 2, 'a line of front matter is "name: value"');
    if (name in fields) return refused(index + 2, `${name} is given twice`);
    fields[name] = line.slice(colon + 1).trim();
    lineOf[name] = index + 2;
  }
  const body = (match[2] ?? '').trim();
  const bodyLine = (match[1] ?? '').split('\n').length + 3;
  const parsed = knowledgeDocumentSchema.safeParse({ ...fields, body });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue?.path[0] ?? 'front matter');
    const line = name === 'body' ? bodyLine : (lineOf[name] ?? 1);
    return refused(line, `${name}: ${issue?.message ?? 'not understood'}`);
  }
  if (parsed.data.kind === 'objection' && parsed.data.heard.length === 0)
    return refused(lineOf['kind'] ?? 1, 'an objection names what callers say under "heard"');
  return { ok: true, document: parsed.data };
}

/** The same for callers to whom a broken document is a bug. Throws with the line. */
export function parseDocument(text: string): KnowledgeDocument {
  const answer = readDocument(text);
  if (!answer.ok) throw new Error(`line ${String(answer.line)}: ${answer.message}`);
  return answer.document;
}

function refused(line: number, message: string): DocumentAnswer {
  return { ok: false, line, message };
}
