import { expect } from 'vitest';
import type { KnowledgeBook } from '#shared/adapters/knowledge-book.ts';
import { MAX_NOTE_CHARS } from '#shared/domain/call-note.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { knowledgeChangesSchema, type SavedRevision } from '#shared/protocol/knowledge.ts';
import { ORG, OTHER, saved, writer } from '#tests/fixtures/knowledge-revisions.ts';
import { eventOf, RINGING } from '#tests/fixtures/stored-call.ts';
import type { Store } from '#worker/store/store.ts';

/** A book is part of a store; uses of documents are in its log. */
export type BookStore = KnowledgeBook & Pick<Store, 'append'>;

export interface BookCase {
  readonly title: string;
  run(book: BookStore): Promise<void>;
}

const ada = writer('Ada');
const ben = writer('Ben');
const FIRST = saved('r0', null, ['You have 30 days.', 'Keep the box.'], { fields: { title: 'Returns' } });

/** Ada and Ben change the same block of the first text, Ada first. */
async function clash(book: KnowledgeBook): Promise<string> {
  await book.saveRevision(ORG, FIRST, ada);
  await book.saveRevision(
    ORG,
    saved('r1', 'r0', ['You have 45 days.', 'Keep the box.'], { fields: FIRST.fields }),
    ada,
  );
  const answer = await book.saveRevision(
    ORG,
    saved('r2', 'r0', ['You have 60 days.', 'Keep the box and the bill.'], { fields: FIRST.fields }),
    ben,
  );
  if (answer.outcome !== 'merged') throw new Error(`was ${answer.outcome}`);
  return answer.headId;
}

/** Every rule of a book, as data, so that a saboteur can be run against each of them too. */
export const BOOK_CONTRACT: readonly BookCase[] = [
  {
    title: '[KN16] a revision of what stands is the head; the same again changes nothing',
    run: async book => {
      expect(await book.saveRevision(ORG, FIRST, ada)).toEqual({ revisionId: 'r0', outcome: 'forwarded' });
      const next = saved('r1', 'r0', ['You have 45 days.']);
      expect(await book.saveRevision(ORG, next, ben)).toMatchObject({ outcome: 'forwarded' });
      const before = await book.knowledgeChanges(ORG, 0, 100);
      for (const again of [FIRST, next])
        expect(await book.saveRevision(ORG, again, ben)).toEqual({
          revisionId: again.id,
          outcome: 'duplicate',
        });
      expect(await book.knowledgeChanges(ORG, 0, 100)).toEqual(before);
      expect(before).toMatchObject({
        version: 2,
        documents: [{ docId: 'doc', headId: 'r1', publishedId: null, isDeleted: false, version: 2 }],
        revisions: [{ id: 'r0' }, { id: 'r1' }],
      });
    },
  },
  {
    title:
      '[KN16] another text under a known id, a parent nobody has, and a document that is there are refused',
    run: async book => {
      await book.saveRevision(ORG, FIRST, ada);
      const refusals = [
        [saved('r0', null, ['Something else.']), 'invalid'],
        [saved('r0', null, ['You have 30 days.'], { docId: 'other' }), 'invalid'],
        [saved('r5', 'r4', ['x']), 'unknown-parent'],
        [saved('r6', 'r0', ['x'], { docId: 'other' }), 'unknown-parent'],
        [saved('r7', 'r0', ['x'], { parents: ['r0', 'r99'] }), 'unknown-parent'],
        [saved('r8', null, ['x']), 'already-exists'],
      ] as const;
      for (const [revision, reason] of refusals)
        expect(await book.saveRevision(ORG, revision, ben)).toMatchObject({ outcome: 'refused', reason });
      expect(await book.knowledgeChanges(ORG, 0, 100)).toMatchObject({
        version: 1,
        revisions: [{ id: 'r0' }],
      });
    },
  },
  {
    title:
      '[KN16][KN19] edits side by side are merged; what clashes stays as it stands and is named, with its writers',
    run: async book => {
      const headId = await clash(book);
      const { documents, revisions, conflicts, version } = await book.knowledgeChanges(ORG, 0, 100);
      expect(version).toBe(3);
      expect(documents).toMatchObject([{ headId, version: 3 }]);
      expect(revisions.map(({ id }) => id)).toEqual(['r0', 'r1', 'r2', headId]);
      expect(revisions.at(-1)).toMatchObject({
        parents: ['r1', 'r2'],
        blocks: [{ text: 'You have 45 days.' }, { text: 'Keep the box and the bill.' }],
      });
      expect(conflicts).toMatchObject([
        {
          docId: 'doc',
          blockId: 'b0',
          base: 'You have 30 days.',
          head: 'You have 45 days.',
          mine: 'You have 60 days.',
          headAuthor: 'Ada',
          mineAuthor: 'Ben',
          mineRevisionId: 'r2',
          resolvedBy: null,
        },
      ]);
      knowledgeChangesSchema.parse(await book.knowledgeChanges(ORG, 0, 100));
      // Ben merged last, but what stands in the block is Ada's.
      await book.saveRevision(
        ORG,
        saved('r3', 'r0', ['You have 90 days.', 'Keep the box.'], { fields: FIRST.fields }),
        writer('Cem'),
      );
      const again = (await book.knowledgeChanges(ORG, 3, 100)).conflicts.find(
        one => one.mineRevisionId === 'r3',
      );
      expect(again).toMatchObject({ headAuthor: 'Ada', mineAuthor: 'Cem' });
    },
  },
  {
    title: '[KN19] a conflict is open until a revision of its document settles it',
    run: async book => {
      const headId = await clash(book);
      const [open] = (await book.knowledgeChanges(ORG, 0, 100)).conflicts;
      const resolves = [open?.id ?? '', 'nobody-knows-this'];
      await book.saveRevision(ORG, saved('other', null, ['x'], { docId: 'other', resolves }), ada);
      expect((await book.knowledgeChanges(ORG, 0, 100)).conflicts).toMatchObject([{ resolvedBy: null }]);
      await book.saveRevision(ORG, saved('r9', headId, ['You have 60 days.'], { resolves }), ada);
      expect((await book.knowledgeChanges(ORG, 0, 100)).conflicts).toMatchObject([{ resolvedBy: 'r9' }]);
      // Whoever has seen it settled is not told again.
      expect((await book.knowledgeChanges(ORG, 5, 100)).conflicts).toEqual([]);
    },
  },
  {
    title: '[KN17] the counter rises by one with each change, and two writers at once lose nothing',
    run: async book => {
      await book.saveRevision(ORG, FIRST, ada);
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          book.saveRevision(
            ORG,
            saved(`n${String(index)}`, 'r0', ['You have 30 days.', 'Keep the box.'], {
              blocks: [...FIRST.blocks, { id: `new-${String(index)}`, text: `Line ${String(index)}.` }],
              fields: FIRST.fields,
            }),
            index % 2 === 0 ? ada : ben,
          ),
        ),
      );
      expect(answers.filter(({ outcome }) => outcome === 'forwarded')).toHaveLength(1);
      expect(answers.filter(({ outcome }) => outcome === 'merged')).toHaveLength(7);
      const { version, documents, revisions } = await book.knowledgeChanges(ORG, 0, 100);
      expect(version).toBe(9);
      const head = revisions.find(({ id }) => id === documents[0]?.headId);
      expect(head?.blocks.map(({ text }) => text).sort()).toEqual([
        'Keep the box.',
        ...Array.from({ length: 8 }, (_, index) => `Line ${String(index)}.`),
        'You have 30 days.',
      ]);
      expect(await book.knowledgeVersions(ORG)).toEqual({ version: 9, publishedVersion: 0 });
    },
  },
  {
    title: '[KN18] page by page nothing is missed, also where a document changed before and after a page',
    run: async book => {
      await book.saveRevision(ORG, FIRST, ada);
      await book.saveRevision(ORG, saved('o0', null, ['x'], { docId: 'other' }), ada);
      await book.saveRevision(ORG, saved('r1', 'r0', ['You have 45 days.']), ada);
      await book.publishRevision(ORG, 'other', 'o0');
      const revisions: string[] = [];
      const states = new Map<string, string | null>();
      let after = 0;
      for (let page = 0; ; page += 1) {
        expect(page).toBeLessThan(10);
        const changes = await book.knowledgeChanges(ORG, after, 1);
        for (const { id } of changes.revisions) if (!revisions.includes(id)) revisions.push(id);
        for (const { docId, publishedId } of changes.documents) states.set(docId, publishedId);
        expect(changes.version).toBe(after + 1);
        after = changes.version;
        if (!changes.hasMore) break;
      }
      expect(after).toBe(4);
      expect([...revisions].sort()).toEqual(['o0', 'r0', 'r1']);
      expect(revisions.indexOf('r0')).toBeLessThan(revisions.indexOf('r1'));
      expect(Object.fromEntries(states)).toEqual({ doc: null, other: 'o0' });
      expect(await book.knowledgeChanges(ORG, 4, 10)).toEqual({
        version: 4,
        hasMore: false,
        documents: [],
        revisions: [],
        conflicts: [],
      });
      // A cursor of another life of the record: the counter as it is, so that the desk begins anew.
      expect(await book.knowledgeChanges(ORG, 99, 10)).toMatchObject({ version: 4, hasMore: false });
    },
  },
  {
    title: '[KN20] published moves forward only, over no open conflict, and once',
    run: async book => {
      expect(await book.publishRevision(ORG, 'doc', 'r0')).toEqual({ outcome: 'refused', reason: 'unknown' });
      const headId = await clash(book);
      expect(await book.publishRevision(ORG, 'doc', 'r1')).toMatchObject({ reason: 'open-conflict' });
      const [open] = (await book.knowledgeChanges(ORG, 0, 100)).conflicts;
      await book.saveRevision(
        ORG,
        saved('r9', headId, ['You have 60 days.'], { resolves: [open?.id ?? ''] }),
        ada,
      );
      expect(await book.publishRevision(ORG, 'doc', 'nobody-knows-this')).toMatchObject({
        reason: 'unknown',
      });
      expect(await book.publishRevision(ORG, 'doc', 'r9')).toEqual({ outcome: 'published', version: 5 });
      expect(await book.publishRevision(ORG, 'doc', 'r9')).toEqual({ outcome: 'published', version: 5 });
      expect(await book.publishRevision(ORG, 'doc', 'r1')).toMatchObject({ reason: 'not-later' });
      expect(await book.knowledgeVersions(ORG)).toEqual({ version: 5, publishedVersion: 5 });
      expect(await book.publishedRevisions(ORG)).toMatchObject([{ id: 'r9', docId: 'doc' }]);
    },
  },
  {
    title: '[KN20] a deletion is a revision like any other, and is in the answers once it is published',
    run: async book => {
      await book.saveRevision(ORG, FIRST, ada);
      await book.publishRevision(ORG, 'doc', 'r0');
      await book.saveRevision(
        ORG,
        saved('gone', 'r0', ['You have 30 days.', 'Keep the box.'], {
          isDeleted: true,
          fields: FIRST.fields,
        }),
        ada,
      );
      expect((await book.knowledgeDocument(ORG, 'doc'))?.state).toMatchObject({
        isDeleted: true,
        publishedId: 'r0',
      });
      expect(await book.publishedRevisions(ORG)).toMatchObject([{ id: 'r0', isDeleted: false }]);
      await book.publishRevision(ORG, 'doc', 'gone');
      expect(await book.publishedRevisions(ORG)).toMatchObject([{ id: 'gone', isDeleted: true }]);
    },
  },
  {
    title: '[KN21] an org sees and changes nothing of another, also under the same ids',
    run: async book => {
      await book.saveRevision(ORG, FIRST, ada);
      const theirs = saved('r0', null, ['Ours is another text.']);
      expect(await book.saveRevision(OTHER, theirs, ben)).toMatchObject({ outcome: 'forwarded' });
      expect(await book.publishRevision(OTHER, 'doc', 'r0')).toMatchObject({ outcome: 'published' });
      expect((await book.knowledgeDocument(ORG, 'doc'))?.head.blocks[0]?.text).toBe('You have 30 days.');
      expect(await book.publishedRevisions(ORG)).toEqual([]);
      expect(await book.knowledgeVersions(ORG)).toEqual({ version: 1, publishedVersion: 0 });
      await book.saveRevision(OTHER, saved('t1', 'r0', ['Ours again.']), ben);
      expect(await book.knowledgeRevision(ORG, 'doc', 't1')).toBeNull();
      expect((await book.knowledgeChanges(ORG, 0, 10)).revisions).toHaveLength(1);
    },
  },
  {
    title: '[KN22] the author is who writes, whatever the revision says',
    run: async book => {
      await book.saveRevision(ORG, saved('r0', null, ['x'], { author: 'Somebody else' }), ada);
      expect(await book.knowledgeRevision(ORG, 'doc', 'r0')).toMatchObject({ author: 'Ada' });
      expect(await book.knowledgeRevision(ORG, 'other', 'r0')).toBeNull();
    },
  },
  {
    title: '[KN24] a folder is taken in whole where there is nothing, and nowhere else',
    run: async book => {
      const seeds = [
        { revision: FIRST, isPublished: true },
        { revision: saved('o0', null, ['A draft.'], { docId: 'other' }), isPublished: false },
      ];
      expect(await book.seedKnowledge(ORG, seeds, ada.atMs)).toBe(true);
      expect(await book.knowledgeVersions(ORG)).toEqual({ version: 3, publishedVersion: 2 });
      expect(await book.publishedRevisions(ORG)).toMatchObject([{ id: 'r0' }]);
      const changed = [{ revision: saved('s1', null, ['Later.'], { docId: 'third' }), isPublished: true }];
      expect(await book.seedKnowledge(ORG, changed, ada.atMs)).toBe(false);
      const broken = [
        { revision: FIRST, isPublished: true },
        { revision: FIRST, isPublished: true },
      ];
      await expect(book.seedKnowledge(OTHER, broken, ada.atMs)).rejects.toBeDefined();
      expect(await book.knowledgeVersions(OTHER)).toEqual({ version: 0, publishedVersion: 0 });
    },
  },
  {
    title: '[KN34] a policy and a note stand in the way of no folder, and an article does',
    run: async book => {
      const seeds = [{ revision: saved('s1', null, ['Later.'], { docId: 'third' }), isPublished: true }];
      for (const docId of ['policy.promises', 'note.n1'])
        expect(
          await book.saveRevision(
            ORG,
            saved(`${docId}-1`, null, ['x'], {
              docId,
              fields: docId === 'note.n1' ? { callId: 'c1' } : {},
            }),
            ada,
          ),
        ).toMatchObject({ outcome: 'forwarded' });
      expect(await book.seedKnowledge(ORG, seeds, ada.atMs)).toBe(true);
      await book.saveRevision(OTHER, saved('o0', null, ['x'], { docId: 'Policy.x' }), ada);
      expect(await book.seedKnowledge(OTHER, seeds, ada.atMs)).toBe(false);
    },
  },
  {
    title: '[NOT1] a note names one call for good, has one of four flags, and is as long as notes may be',
    run: async book => {
      const note = (id: string, parent: string | null, text: string, fields: SavedRevision['fields']) =>
        saved(id, parent, text === '' ? [] : [text], { docId: 'note.n1', fields });
      const save = async (revision: SavedRevision) => (await book.saveRevision(ORG, revision, ada)).outcome;
      for (const [id, fields, text] of [
        ['no-call', {}, 'x'],
        ['odd-call', { callId: 'c 1' }, 'x'],
        ['other-flag', { callId: 'c1', flag: 'bad' }, 'x'],
        ['other-field', { callId: 'c1', title: 'x' }, 'x'],
        ['too-long', { callId: 'c1' }, 'x'.repeat(MAX_NOTE_CHARS + 1)],
        ['nothing', { callId: 'c1' }, ''],
      ] as const)
        expect([id, await save(note(id, null, text, fields))]).toEqual([id, 'refused']);
      expect(await save(note('n0', null, 'x'.repeat(MAX_NOTE_CHARS), { callId: 'c1' }))).toBe('forwarded');
      expect(await save(note('n1', 'n0', '', { callId: 'c1', flag: 'praise' }))).toBe('forwarded');
      expect(await save(note('n2', 'n1', 'x', { callId: 'c2' }))).toBe('refused');
      expect((await book.knowledgeChanges(ORG, 0, 100)).revisions.map(({ id }) => id)).toEqual(['n0', 'n1']);
      expect((await book.notesOfCall(ORG, 'c1' as CallId)).map(({ id }) => id)).toEqual(['n0', 'n1']);
      expect(await book.notesOfCall(OTHER, 'c1' as CallId)).toEqual([]);
      expect(await book.notesOfCall(ORG, 'c2' as CallId)).toEqual([]);
    },
  },
  {
    title: '[KN16] letters that databases stumble over come back as they were',
    run: async book => {
      const odd = saved('r0', null, ["NUL \0, half \uD83D, quote ', pipe | and 𝄞."], {
        fields: { title: 'Odd \0 \uDC00' },
      });
      await book.saveRevision(ORG, odd, ada);
      expect(await book.knowledgeRevision(ORG, 'doc', 'r0')).toEqual({ ...odd, author: 'Ada' });
      expect(await book.saveRevision(ORG, odd, ada)).toMatchObject({ outcome: 'duplicate' });
    },
  },
  {
    title: '[KN29] uses of a document are what was drafted from it since then, and what became of that',
    run: async book => {
      const cite = (docId: string) => ({
        kind: 'document' as const,
        sourceId: docId,
        title: 'Returns',
        quote: 'You have 30 days.',
      });
      const drafted = (chunkId: string, docId: string) => ({
        type: 'chunk.drafted' as const,
        chunkId: chunkId as never,
        epoch: 0,
        lane: 'B' as const,
        origin: 'reply' as const,
        text: 'You have 30 days.',
        citations: [cite(docId)],
        noteIds: [],
      });
      const events = [
        RINGING,
        drafted('k1', 'doc'),
        drafted('k2', 'doc2'),
        { type: 'chunk.spoken' as const, chunkId: 'k1' as never, heardMs: 900 },
      ];
      await book.append(
        events.map((draft, seq) => ({ position: seq, event: eventOf('c1', seq, draft as never) })),
      );
      const fromMs = eventOf('c1', 0, RINGING).atMs;
      const { orgId } = eventOf('c1', 0, RINGING);
      const types = async (org: typeof orgId, docId: string, from: number) =>
        (await book.documentUses(org, docId, from)).map(event => event.type);
      expect(await types(orgId, 'doc', fromMs)).toEqual(['chunk.drafted', 'chunk.drafted', 'chunk.spoken']);
      expect(await types(orgId, 'do', fromMs)).toEqual([]);
      expect(await types('org-9' as never, 'doc', fromMs)).toEqual([]);
      expect(await types(orgId, 'doc', fromMs + 60_000)).toEqual([]);
    },
  },
];
