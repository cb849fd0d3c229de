import type { KnowledgeFields } from '#shared/protocol/knowledge.ts';
import { KNOWLEDGE_FIELDS, knowledgeFieldsSchema } from '#shared/protocol/knowledge.ts';

/** Front matter names that the documents of a folder use for fields of ours. */
const ALIASES: Readonly<Record<string, string>> = { owner: 'ownerId' };

/** Fields and text of a Markdown file. What the front matter says that is no field of ours is left out. */
export function readFrontMatter(text: string): {
  readonly fields: KnowledgeFields;
  readonly markdown: string;
} {
  const match = /^---\n(?<front>[\s\S]*?)\n---(?:\n|$)(?<body>[\s\S]*)$/u.exec(text);
  if (!match?.groups) return { fields: {}, markdown: text };
  const said = new Map<string, string>();
  for (const line of (match.groups['front'] ?? '').split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).trim();
    said.set(ALIASES[name] ?? name, unquoted(line.slice(colon + 1).trim()));
  }
  const known = KNOWLEDGE_FIELDS.filter(name => name !== 'stage' && (said.get(name) ?? '') !== '');
  const fields = knowledgeFieldsSchema.safeParse(
    Object.fromEntries(known.map(name => [name, said.get(name)])),
  );
  return { fields: fields.success ? fields.data : {}, markdown: match.groups['body'] ?? '' };
}

/** The same the other way: what `readFrontMatter` reads again. A line break would begin another field. */
export function writeFrontMatter(
  id: string,
  status: string,
  fields: KnowledgeFields,
  markdown: string,
): string {
  const lines = Object.entries({ id, status, ...fields })
    .filter(([name]) => name !== 'stage')
    .map(([name, value]) => `${name}: ${value.replace(/\s*\n\s*/gu, ' ')}`);
  return `---\n${lines.join('\n')}\n---\n${markdown}\n`;
}

const unquoted = (value: string): string => /^"(?<inner>.*)"$/u.exec(value)?.groups?.['inner'] ?? value;
