/** What a note marks its call as. Stored in the notes: renaming one is a migration. */
export const NOTE_FLAGS = ['coach', 'praise', 'compliance', 'follow-up'] as const;
export type NoteFlag = (typeof NOTE_FLAGS)[number];

export const isNoteFlag = (flag: string | undefined): flag is NoteFlag =>
  NOTE_FLAGS.some(name => name === flag);

/** Longest text of one note. */
export const MAX_NOTE_CHARS = 4_000;

/** A revision of a document in the notes space, as far as its rules go. */
export interface NoteRevision {
  readonly fields: Readonly<Record<string, string | undefined>>;
  readonly blocks: readonly { readonly text: string }[];
  readonly isDeleted: boolean;
}

/** No signs that a database or a path could stumble over; as long as call ids may be. */
const CALL_ID = /^[\x21-\x7e]{1,64}$/u;

/**
 * Why a revision is no note, as a sentence; null where it is one (NOT1, NOT2).
 * @param head what stands of the note; null for a new one
 * @param isCallErased nothing may be said of the call any more
 */
export function noteProblem(
  revision: NoteRevision,
  head: NoteRevision | null,
  isCallErased: boolean,
): string | null {
  const { callId, flag, ...others } = revision.fields;
  const chars = revision.blocks.reduce((sum, { text }) => sum + text.length, 0);
  if (callId === undefined || !CALL_ID.test(callId)) return 'A note has to name the call that it is on.';
  if (head !== null && head.fields['callId'] !== callId) return 'A note stays with the call that it is on.';
  if (flag !== undefined && !isNoteFlag(flag)) return `A flag is one of ${NOTE_FLAGS.join(', ')}.`;
  if (Object.values(others).some(value => value !== undefined))
    return 'A note has no fields but its call and its flag.';
  if (chars > MAX_NOTE_CHARS) return `A note has at most ${String(MAX_NOTE_CHARS)} characters.`;
  if (isCallErased && !isErasedNote(revision))
    return 'What was said on this call was erased; nothing can be written on it any more.';
  if (chars === 0 && flag === undefined && !revision.isDeleted) return 'A note has a text, a flag, or both.';
  return null;
}

/** What an erasure leaves of a note: deleted, and without a word (NOT11). A note that a person deletes keeps its text. */
export const isErasedNote = ({ fields, blocks, isDeleted }: NoteRevision): boolean =>
  isDeleted && blocks.length === 0 && fields['flag'] === undefined;
