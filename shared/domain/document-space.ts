import type { Capability } from './roles.ts';

/**
 * What a synced document is for. All of them live in one book, with one history, one way to merge and one way to travel (KN34);
 * the space follows from the id alone, so that no edit can carry a document from one space into another.
 */
export type DocumentSpace = 'knowledge' | 'policies' | 'notes';

const POLICY = 'policy.';
const NOTE = 'note.';

/** Ids of the other two begin with their word and a dot; files and desks give articles none with a dot. */
export function spaceOf(docId: string): DocumentSpace {
  if (docId.startsWith(POLICY)) return 'policies';
  return docId.startsWith(NOTE) ? 'notes' : 'knowledge';
}

export const isNote = (docId: string): boolean => spaceOf(docId) === 'notes';

/** @param name as verdicts name the policy document */
export const policyDocId = (name: string): string => `${POLICY}${name}`;
/** @param id a UUID of whoever makes the note */
export const noteDocId = (id: string): string => `${NOTE}${id}`;
/** The name of a policy document, from an id of that space. */
export const policyNameOf = (docId: string): string => docId.slice(POLICY.length);

/** Notes on calls, as a pattern of SQLite's GLOB: its LIKE takes capitals for the same. */
export const NOTE_GLOB = `${NOTE}*`;
/** What ids begin with of documents that are no articles. */
export const SPACE_PREFIXES: readonly [policies: string, notes: string] = [POLICY, NOTE];

/** Who may save a document of the space, and who may make one of its revisions count. Notes count as they are. */
export const SPACE_RIGHTS: Readonly<
  Record<DocumentSpace, { readonly edit: Capability; readonly publish: Capability | null }>
> = {
  knowledge: { edit: 'knowledge.edit', publish: 'knowledge.publish' },
  policies: { edit: 'policy.edit', publish: 'policy.edit' },
  notes: { edit: 'call.flag', publish: null },
};
