import type { BookStore } from '#tests/contract/knowledge-book.contract.ts';

/** Ways a book of knowledge can lie, and the rule that must notice. */
export const BOOK_SABOTAGES: readonly {
  readonly name: string;
  readonly breaks: string;
  readonly bend: (book: BookStore) => Partial<BookStore>;
}[] = [
  {
    name: 'takes everything for new',
    breaks: 'KN16',
    bend: book => ({
      saveRevision: async (...args) => {
        const answer = await book.saveRevision(...args);
        return answer.outcome === 'duplicate'
          ? { revisionId: answer.revisionId, outcome: 'forwarded' as const }
          : answer;
      },
    }),
  },
  {
    name: 'believes the desk who writes',
    breaks: 'KN22',
    bend: book => ({
      saveRevision: (orgId, revision, by) =>
        book.saveRevision(orgId, revision, { ...by, name: revision.author }),
    }),
  },
  {
    name: 'settles nothing',
    breaks: 'KN19',
    bend: book => ({
      saveRevision: (orgId, revision, by) => book.saveRevision(orgId, { ...revision, resolves: [] }, by),
    }),
  },
  {
    name: 'drops conflicts',
    breaks: 'KN16',
    bend: book => ({
      knowledgeChanges: async (...args) => ({ ...(await book.knowledgeChanges(...args)), conflicts: [] }),
    }),
  },
  {
    name: 'loses one of two writers',
    breaks: 'KN17',
    bend: book => {
      let calls = 0;
      return {
        saveRevision: (orgId, revision, by) => {
          calls += 1;
          return calls % 5 === 4
            ? Promise.resolve({ revisionId: revision.id, outcome: 'forwarded' as const })
            : book.saveRevision(orgId, revision, by);
        },
      };
    },
  },
  {
    name: 'shows of a page only what is newest',
    breaks: 'KN18',
    bend: book => ({
      knowledgeChanges: async (orgId, after, limit) => {
        const page = await book.knowledgeChanges(orgId, after, limit);
        return { ...page, revisions: page.revisions.slice(-1).filter(() => after > 1) };
      },
    }),
  },
  {
    name: 'publishes whatever it is asked to',
    breaks: 'KN20',
    bend: () => ({ publishRevision: () => Promise.resolve({ outcome: 'published' as const, version: 5 }) }),
  },
  {
    name: 'shows documents of other orgs',
    breaks: 'KN21',
    bend: book => ({ knowledgeDocument: (_org, docId) => book.knowledgeDocument('org-2' as never, docId) }),
  },
  {
    name: 'takes a folder in again',
    breaks: 'KN24',
    bend: book => ({
      seedKnowledge: async (...args) => {
        await book.seedKnowledge(...args);
        return true;
      },
    }),
  },
  {
    name: 'takes a policy for an article',
    breaks: 'KN34',
    bend: book => ({
      seedKnowledge: async (orgId, ...rest) =>
        (await book.knowledgeVersions(orgId)).version === 0 && book.seedKnowledge(orgId, ...rest),
    }),
  },
  {
    name: 'lets a note wander to another call',
    breaks: 'NOT1',
    bend: book => ({
      saveRevision: (orgId, revision, by) =>
        book.saveRevision(orgId, { ...revision, fields: { ...revision.fields, callId: 'c1' } }, by),
    }),
  },
  {
    name: 'counts every document as one',
    breaks: 'KN29',
    bend: book => ({ documentUses: (orgId, _docId, fromMs) => book.documentUses(orgId, 'doc', fromMs) }),
  },
];
