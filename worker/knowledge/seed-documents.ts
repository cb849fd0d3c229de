import { createHash } from 'node:crypto';
import type { SeedDocument } from '#shared/adapters/knowledge-book.ts';
import { splitBlocks } from '#shared/domain/blocks.ts';
import { appError } from '#shared/errors/app-error.ts';
import { readDocument, type KnowledgeDocument } from './document.ts';
import type { KnowledgeText } from './knowledge-shelf.ts';

/** The device of what was taken in from files. */
export const SEED_DEVICE = 'folder';

/** Files as an org's first documents; ids follow from the files, so that two workers take in the same (KN24). Throws `knowledge.refused`. */
export function seedDocuments(texts: readonly KnowledgeText[]): readonly SeedDocument[] {
  const names = new Map<string, string>();
  return texts.map(({ name, text }) => {
    const answer = readDocument(text);
    if (!answer.ok)
      throw appError('knowledge.refused', `${name} line ${String(answer.line)}: ${answer.message}`);
    const { id } = answer.document;
    const other = names.get(id);
    if (other !== undefined)
      throw appError('knowledge.refused', `${name} line 1: ${other} has the id ${id} already`);
    names.set(id, name);
    return seedOf(answer.document, name);
  });
}

function seedOf(document: KnowledgeDocument, name: string): SeedDocument {
  const { id, title, status, owner, approvedOn, kind, heard, body } = document;
  const approvedAtMs = Date.parse(approvedOn);
  const revisionId = `file-${createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 32)}`;
  return {
    isPublished: status === 'approved',
    revision: {
      id: revisionId,
      docId: id,
      parents: [],
      author: owner.slice(0, 64),
      deviceId: SEED_DEVICE,
      savedAtMs: Math.max(0, approvedAtMs),
      blocks: splitBlocks(body).map((text, place) => ({
        id: `${id.slice(0, 50)}-${String(place + 1)}`,
        text,
      })),
      fields: {
        title,
        kind,
        source: name,
        ...(heard.length > 0 ? { heard: heard.join('; ') } : {}),
        // Whether it is approved follows from what is published.
        ...(status === 'approved' ? { verifiedAtMs: String(approvedAtMs) } : { stage: status }),
      },
      isDeleted: false,
      note: '',
      resolves: [],
    },
  };
}
