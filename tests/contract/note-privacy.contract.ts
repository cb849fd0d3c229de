import { expect } from 'vitest';
import { callQuerySchema } from '#shared/domain/call-list.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import { knowledgeChangesSchema, type SavedRevision } from '#shared/protocol/knowledge.ts';
import type { Store } from '#worker/store/store.ts';
import { saved, writer } from '#tests/fixtures/knowledge-revisions.ts';
import { ORG, storedCall } from '#tests/fixtures/stored-call.ts';

const CALL = 'c1' as CallId;
const AT_MS = 1_900_000_000_000 as EpochMs;
const ada = writer('Ada');

const note = (
  id: string,
  parent: string | null,
  text: string,
  more: Partial<SavedRevision['fields']> = {},
  docId = 'note.n1',
): SavedRevision => saved(id, parent, [text], { docId, fields: { callId: 'c1', ...more } });

async function withNotes(store: Store): Promise<void> {
  for (const [at, callId] of ['c1', 'c2'].entries())
    await store.append(storedCall(callId).map((event, seq) => ({ position: at * 20 + seq, event })));
  const save = (revision: SavedRevision) => store.saveRevision(ORG, revision, ada);
  await save(note('n0', null, 'Elena waits.', { flag: 'coach' }));
  await save(note('n1', 'n0', 'Elena waits for long.', { flag: 'coach' }));
  // Two people at once: a conflict, with the words of both.
  expect(await save(note('n2', 'n0', 'Elena was rude.', { flag: 'coach' }))).toMatchObject({
    outcome: 'merged',
    conflicts: [expect.any(String) as string],
  });
  await save(note('m0', null, 'Elena again.', {}, 'note.m1'));
  await save({ ...note('m1', 'm0', 'Elena again.', {}, 'note.m1'), isDeleted: true });
  await save(note('o0', null, 'Elena was kind.', { callId: 'c2', flag: 'praise' }, 'note.o1'));
}

const everything = async (store: Store): Promise<string> =>
  JSON.stringify([
    await store.knowledgeChanges(ORG, 0, 500),
    await store.notesOfCall(ORG, CALL),
    await store.knowledgeDocument(ORG, 'note.n1'),
  ]);

/** What becomes of notes when their call is erased, as data, for every store and for saboteurs. */
export const NOTE_PRIVACY_CASES: readonly { readonly title: string; run(store: Store): Promise<void> }[] = (
  ['person', 'words'] as const
).map(scope => ({
  title: `[NOT11] notes go with the ${scope} of their call, in every revision and conflict, and desks hear of it in order`,
  run: async (store: Store) => {
    await withNotes(store);
    const before = await store.knowledgeChanges(ORG, 0, 500);
    expect(await store.eraseCall(ORG, CALL, scope, AT_MS)).toBe('erased');
    const text = await everything(store);
    expect(text).not.toMatch(/Elena waits|rude|Elena again|coach/u);
    // Those of another call stay.
    expect(text).toContain('Elena was kind.');
    const since = knowledgeChangesSchema.parse(await store.knowledgeChanges(ORG, before.version, 500));
    expect(since.documents.map(({ docId }) => docId).sort()).toEqual(['note.m1', 'note.n1']);
    expect(since.documents.every(({ isDeleted }) => isDeleted)).toBe(true);
    expect(since.revisions.map(({ blocks, isDeleted }) => [blocks, isDeleted])).toEqual([
      [[], true],
      [[], true],
    ]);
    expect(since.conflicts).toMatchObject([{ base: null, head: null, mine: null }]);
    expect(since.conflicts.every(({ resolvedBy }) => resolvedBy !== null)).toBe(true);
    const whole = knowledgeChangesSchema.parse(await store.knowledgeChanges(ORG, 0, 500));
    expect(whole.revisions).toHaveLength(before.revisions.length + 2);
    // Again changes nothing.
    await store.eraseCall(ORG, CALL, scope, AT_MS);
    expect(await store.knowledgeChanges(ORG, 0, 500)).toEqual(whole);
  },
}));

export const ERASED_NOTE_CASES: typeof NOTE_PRIVACY_CASES = [
  {
    title: '[NOT2] on an erased call no words are taken any more, and neither is what was sent before again',
    run: async store => {
      await withNotes(store);
      await store.eraseCall(ORG, CALL, 'person', AT_MS);
      for (const revision of [
        note('n9', null, 'Elena once more.', {}, 'note.n9'),
        note('n8', 'n1', 'Elena waits for hours.', { flag: 'coach' }),
        note('n1', 'n0', 'Elena waits for long.', { flag: 'coach' }),
        { ...note('n7', 'n1', 'Elena waits for long.', { flag: 'coach' }), isDeleted: true },
      ])
        expect(await store.saveRevision(ORG, revision, ada)).toMatchObject({
          outcome: 'refused',
          reason: 'invalid',
          message: expect.stringContaining('erased') as string,
        });
      expect(await everything(store)).not.toMatch(/Elena waits|once more/u);
      expect(
        await store.saveRevision(
          ORG,
          note('p0', null, 'Of a call unknown here.', { callId: 'c9' }, 'note.p'),
          ada,
        ),
      ).toMatchObject({ outcome: 'forwarded' });
    },
  },
  {
    title: '[NOT7] the history shows the calls that carry a flag alone',
    run: async store => {
      await withNotes(store);
      const flagged = async (orgId: OrgId = ORG) =>
        (await store.conversations(orgId, callQuerySchema.parse({ filter: 'flagged' })))
          .map(({ id }) => id)
          .sort();
      expect(await flagged()).toEqual(['c1', 'c2']);
      const head = await store.knowledgeDocument(ORG, 'note.o1');
      await store.saveRevision(
        ORG,
        { ...note('o1', head?.head.id ?? '', 'x', { callId: 'c2' }, 'note.o1'), isDeleted: true },
        ada,
      );
      expect(await flagged()).toEqual(['c1']);
      expect(await flagged('org-2' as OrgId)).toEqual([]);
      await store.eraseCall(ORG, CALL, 'words', AT_MS);
      expect(await flagged()).toEqual([]);
    },
  },
];
