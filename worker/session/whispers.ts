import type { NoteId, TurnId } from '#shared/domain/ids.ts';
import type { CallEventOf } from '#shared/events/call-event.ts';

export type UnusedReason = CallEventOf<'whisper.unused'>['reason'];

interface Note {
  readonly noteId: NoteId;
  readonly text: string;
  /** The turn whose answer was offered the note. */
  turnId: TurnId | null;
  receipt: 'waiting' | 'used' | 'unused';
}

/** Notes of supervisors to the AI, each with exactly one receipt: used in turn N, or not used and why (SUP30-SUP33). */
export class Whispers {
  #notes: Note[] = [];

  add(noteId: NoteId, text: string): void {
    this.#notes.push({ noteId, text, turnId: null, receipt: 'waiting' });
  }

  /** Notes that no answer has used yet, in one string. */
  get waiting(): string {
    return this.#notes.flatMap(note => (note.receipt === 'waiting' ? note.noteId : [])).join(' ');
  }

  /** The notes for the next answer, oldest first; from now on they belong to that turn. */
  offer(turnId: TurnId): readonly { readonly noteId: NoteId; readonly text: string }[] {
    const waiting = this.#notes.filter(note => note.receipt === 'waiting');
    for (const note of waiting) note.turnId = turnId;
    return waiting.map(({ noteId, text }) => ({ noteId, text }));
  }

  /** A sentence shaped by these notes begins to sound. @returns those whose receipt is due now */
  heard(noteIds: readonly string[]): readonly NoteId[] {
    return this.#settle(note => noteIds.includes(note.noteId), 'used');
  }

  /**
   * The answer of a turn is drafted. @param carried notes that shaped a sentence which may still sound
   * @returns the notes it was offered and did not use
   */
  over(turnId: TurnId, carried: ReadonlySet<string>): readonly NoteId[] {
    return this.#settle(note => note.turnId === turnId && !carried.has(note.noteId), 'unused');
  }

  /** No answer will come any more. @returns every note that still waits */
  overAll(): readonly NoteId[] {
    return this.#settle(() => true, 'unused');
  }

  #settle(which: (note: Note) => boolean, receipt: 'used' | 'unused'): readonly NoteId[] {
    const due = this.#notes.filter(note => note.receipt === 'waiting' && which(note));
    for (const note of due) note.receipt = receipt;
    return due.map(note => note.noteId);
  }
}
