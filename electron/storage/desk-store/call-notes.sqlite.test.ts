import { expect, test } from 'vitest';
import { withoutWords } from '#shared/domain/erased-note.ts';
import type { KnowledgeChanges, SavedRevision } from '#shared/protocol/knowledge.ts';
import { memoryFiles } from '#tests/fixtures/memory-store.ts';
import { saved } from '#tests/fixtures/knowledge-revisions.ts';
import { DeskDatabase } from './desk-database.ts';
import type { NoteEdit } from './call-notes.ts';

const LIND = { author: 'Lind', nowMs: 1_000 };

function desk() {
  const files = memoryFiles();
  const database = new DeskDatabase(files);
  const { notes, knowledge, knowledgeCache, outbox } = database.parts;
  const save = (text: string, more: Partial<NoteEdit> = {}, saving = LIND) =>
    notes.save({ callId: 'c1', noteId: null, baseId: null, text, flag: null, resolves: [], ...more }, saving);
  let version = 0;
  /** The worker tells of revisions, each of which is the head of its note. */
  const tell = (revisions: readonly SavedRevision[], more: Partial<KnowledgeChanges> = {}) => {
    const after = version;
    version += 1;
    notes.forgetErased(revisions);
    return knowledgeCache.apply(after, {
      version,
      hasMore: false,
      documents: revisions.map(({ docId, id, isDeleted }) => ({
        docId,
        headId: id,
        publishedId: null,
        isDeleted,
        version,
      })),
      revisions: [...revisions],
      conflicts: [],
      ...more,
    });
  };
  const everything = (): string =>
    JSON.stringify([
      files.cache
        .prepare('SELECT payload_json FROM kb_rev UNION ALL SELECT payload_json FROM kb_conflict')
        .all(),
      files.outbox.prepare('SELECT payload_json FROM outbox UNION ALL SELECT markdown FROM unsaved').all(),
    ]);
  return { database, notes, knowledge, outbox, save, tell, everything };
}
const told = (id: string, parent: string | null, text: string, more: Partial<SavedRevision> = {}) =>
  saved(id, parent, [text], { docId: 'note.n1', fields: { callId: 'c1' }, author: 'Ada', ...more });

test('[NOT4][NOT5] a note is written, changed, deleted and brought back, and says who, when and that it waits', () => {
  const { notes, knowledge, save, tell } = desk();
  tell([told('a', null, 'Of Ada.')]);
  const mine = save('  Of Lind.\n', { flag: 'praise' });
  expect(notes.ofCall('c1')).toMatchObject([
    { noteId: 'note.n1', text: 'Of Ada.', writtenBy: 'Ada', edited: null, state: { name: 'sent' } },
    { noteId: mine.noteId, text: 'Of Lind.', flag: 'praise', writtenBy: 'Lind', state: { name: 'waiting' } },
  ]);
  expect(notes.ofCall('c2')).toEqual([]);
  save('Of Ada and Lind.', { noteId: 'note.n1', baseId: 'a' }, { author: 'Lind', nowMs: 2_000 });
  expect(notes.ofCall('c1')[0]).toMatchObject({
    text: 'Of Ada and Lind.',
    writtenBy: 'Ada',
    edited: { by: 'Lind', atMs: 2_000 },
    state: { name: 'waiting' },
  });
  const { revisionId } = knowledge.remove(mine.noteId, mine.revisionId, LIND);
  expect(notes.ofCall('c1')).toHaveLength(1);
  save('Of Lind.', { noteId: mine.noteId, baseId: revisionId });
  expect(notes.ofCall('c1')).toHaveLength(2);
});

test('[NOT4] what would be no note is refused with a code', () => {
  const { save, tell } = desk();
  tell([told('a', null, 'Of Ada.')]);
  const refusal = (more: Partial<NoteEdit>) => {
    try {
      save('x', more);
      return 'saved';
    } catch (error) {
      return (error as { body: { code: string } }).body.code;
    }
  };
  expect(refusal({ noteId: 'returns', baseId: 'a' })).toBe('input.invalid');
  expect(refusal({ noteId: 'note.n1', baseId: null })).toBe('input.invalid');
  expect(refusal({ noteId: 'note.n1', baseId: 'a', callId: 'c2' })).toBe('input.invalid');
  expect(refusal({ noteId: 'note.n1', baseId: 'nobody-has-this' })).toBe('knowledge.unknown');
});

test('[NOT5][NOT6] a note that waits or was refused is listed under words of its own, and opens with its reason', () => {
  const { database, notes, save, outbox } = desk();
  database.parts.calls.addListed([{ id: 'c1', displayName: 'Ada Lorenz', startedAtMs: 1 } as never], 1);
  const known = save('Secret words.');
  const unknown = save('More of them.', { callId: 'c9' });
  expect(database.waits().waits.map(({ what, title }) => [what, title])).toEqual([
    ['note', 'Note on the call with Ada Lorenz'],
    ['note', 'Note on a call'],
  ]);
  outbox.refuse([known.revisionId, unknown.revisionId], 'invalid', 'Too long.', 5);
  expect(database.waits().refused).toMatchObject([
    { docId: known.noteId, title: 'Note on the call with Ada Lorenz', reason: 'Too long.' },
    { title: 'Note on a call' },
  ]);
  expect(notes.ofCall('c1')).toMatchObject([
    { text: 'Secret words.', state: { name: 'refused', reason: 'Too long.', text: 'Secret words.' } },
  ]);
  outbox.dropUnsaved(known.noteId);
  expect(notes.ofCall('c1')).toEqual([]);
});

test('[NOT6] notes are in no list, search, count or export of articles', () => {
  const { knowledge, save, tell } = desk();
  tell([told('a', null, 'Zebra of Ada.')]);
  save('Zebra of Lind.');
  knowledge.save(
    { docId: null, baseId: null, markdown: 'Zebra article.', fields: {}, note: '', resolves: [] },
    LIND,
  );
  for (const query of ['', 'zebra']) {
    const { items, counts } = knowledge.list({
      space: 'knowledge',
      query,
      filter: 'all',
      limit: 100,
      nowMs: 0,
    });
    expect(items).toHaveLength(1);
    expect(counts).toMatchObject({ all: 1, draft: 1, waiting: 1 });
  }
  expect(knowledge.texts(null)).toHaveLength(1);
  expect(knowledge.texts(['note.n1'])).toEqual([]);
});

test('[NOT7] lists learn how many notes a call has and which flags, of the worker’s and of this desk', () => {
  const { notes, save, tell, knowledge } = desk();
  tell([
    told('a', null, 'x', { fields: { callId: 'c1', flag: 'coach' } }),
    told('b', null, 'y', { docId: 'note.n2' }),
    told('c', null, 'z', { docId: 'note.n3', fields: { callId: 'c3', flag: 'praise' }, isDeleted: true }),
  ]);
  save('mine', { flag: 'compliance' });
  save('mine', { callId: 'c2' });
  expect(notes.counts(['c1', 'c2', 'c3', 'c4'])).toEqual({
    c1: { notes: 3, flags: ['coach', 'compliance'] },
    c2: { notes: 1, flags: [] },
  });
  expect(notes.flaggedCalls()).toEqual(['c1']);
  knowledge.remove('note.n1', 'a', LIND);
  expect(notes.counts(['c1'])).toEqual({ c1: { notes: 2, flags: ['compliance'] } });
});

test('[NOT12] what the worker erased of a note goes from the copy and from what was saved and typed here, and the sync goes on', () => {
  const { notes, outbox, save, tell, everything, database } = desk();
  tell([told('a', null, 'Elena waits.')], {
    conflicts: [
      {
        id: 'k1',
        docId: 'note.n1',
        blockId: 'b0',
        base: null,
        head: 'Elena waits.',
        mine: 'Elena shouts.',
        headAuthor: 'Ada',
        mineAuthor: 'Ben',
        headAtMs: 1,
        mineAtMs: 1,
        mineRevisionId: 'x',
        resolvedBy: null,
      },
    ],
  });
  save('Elena waits for hours.', { noteId: 'note.n1', baseId: 'a' });
  outbox.keepUnsaved('note.n1', { markdown: 'Elena types', fields: {}, baseId: 'a' }, 1);
  save('Of another call.', { callId: 'c2' });
  const tombstone = { ...withoutWords(told('t', 'a', '')), isDeleted: true, deviceId: 'worker' };
  expect(tell([tombstone])).toEqual(['note.n1']);
  expect(everything()).not.toContain('Elena');
  expect(everything()).toContain('Of another call.');
  expect(notes.ofCall('c1')).toEqual([]);
  expect(database.waits().waiting).toBe(1);
});

test('[NOT12] new notes on calls whose caller is erased go with the list of those calls', () => {
  const { notes, save, everything } = desk();
  save('Elena waits.');
  save('Of another call.', { callId: 'c2' });
  expect(notes.forgetCalls(['c1', 'c7'])).toBe(1);
  expect(everything()).not.toContain('Elena');
  expect(notes.ofCall('c2')).toHaveLength(1);
});
