import { expect, test } from 'vitest';
import { isErasedNote, MAX_NOTE_CHARS, noteProblem, type NoteRevision } from './call-note.ts';

const note = (more: Partial<NoteRevision> = {}): NoteRevision => ({
  fields: { callId: 'call-1' },
  blocks: [{ text: 'Well done.' }],
  isDeleted: false,
  ...more,
});

test('[NOT1] a note names its call for good, has one of four flags, and is as long as notes may be', () => {
  const long = { blocks: [{ text: 'x'.repeat(MAX_NOTE_CHARS) }] };
  for (const sound of [
    note(),
    note(long),
    note({ blocks: [], fields: { callId: 'call-1', flag: 'follow-up' } }),
    note({ isDeleted: true, blocks: [] }),
  ])
    expect(noteProblem(sound, note(), false)).toBeNull();
  for (const [revision, words] of [
    [note({ fields: {} }), 'name the call'],
    [note({ fields: { callId: 'call 1' } }), 'name the call'],
    [note({ fields: { callId: 'call-2' } }), 'stays with the call'],
    [note({ fields: { callId: 'call-1', flag: 'bad' } }), 'coach, praise, compliance, follow-up'],
    [note({ fields: { callId: 'call-1', title: 'x' } }), 'no fields but'],
    [note({ blocks: [...long.blocks, { text: 'x' }] }), '4000'],
    [note({ blocks: [] }), 'a text, a flag, or both'],
  ] as const)
    expect(noteProblem(revision, note(), false)).toContain(words);
});

test('[NOT2] on an erased call only what the erasure itself leaves is a note', () => {
  const deleted = note({ isDeleted: true });
  const left = note({ isDeleted: true, blocks: [] });
  expect([isErasedNote(deleted), isErasedNote(left)]).toEqual([false, true]);
  expect(noteProblem(note(), null, true)).toContain('erased');
  expect(noteProblem(deleted, note(), true)).toContain('erased');
  expect(noteProblem(left, note(), true)).toBeNull();
});
