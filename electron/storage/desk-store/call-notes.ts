// Over 200 lines with the reading, the saving and the forgetting of notes: each needs to know which note is on which call.
import { isErasedNote, isNoteFlag, type NoteFlag } from '#shared/domain/call-note.ts';
import { isNote, NOTE_GLOB, noteDocId } from '#shared/domain/document-space.ts';
import { conflictWithoutWords, withoutWords } from '#shared/domain/erased-note.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CallNote, NoteCount } from '#shared/ipc/note-commands.ts';
import type { KnowledgeFields, SavedRevision } from '#shared/protocol/knowledge.ts';
import { joinBlocks } from '#shared/domain/blocks.ts';
import type { Database } from '#shared/sqlite/open-database.ts';
import type { KnowledgeCache } from './knowledge-cache.ts';
import type { KnowledgeDesk, Saving } from './knowledge-desk.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';

export interface NoteEdit {
  readonly callId: string;
  readonly noteId: string | null;
  readonly baseId: string | null;
  readonly text: string;
  readonly flag: NoteFlag | null;
  readonly resolves: readonly string[];
}

/** A note as the worker last told it. */
interface Told {
  readonly docId: string;
  readonly callId: string;
  readonly flag: string | null;
}

/** A note as it stands here, for lists. */
interface Standing {
  readonly callId: string;
  readonly flag: string | null;
}

/**
 * Notes on calls at this desk (NOT4-NOT7). They are documents like articles: `KnowledgeDesk` says where each stands and saves it;
 * what is here knows which call it is on.
 */
export class CallNotes {
  readonly #database: Database;
  readonly #cache: KnowledgeCache;
  readonly #outbox: Outbox;
  readonly #desk: KnowledgeDesk;
  readonly #newId: () => string;

  constructor(
    database: Database,
    cache: KnowledgeCache,
    outbox: Outbox,
    desk: KnowledgeDesk,
    newId: () => string,
  ) {
    this.#database = database;
    this.#cache = cache;
    this.#outbox = outbox;
    this.#desk = desk;
    this.#newId = newId;
  }

  /** Newest first. */
  ofCall(callId: string): readonly CallNote[] {
    const here = this.#saved().filter(({ revision }) => revision.fields.callId === callId);
    const told = this.#told('AND callId = ?', callId).map(({ docId }) => docId);
    const docIds = new Set([...told, ...here.map(({ revision }) => revision.docId)]);
    return [...docIds]
      .flatMap(docId => this.#note(docId) ?? [])
      .toSorted((a, b) => b.writtenAtMs - a.writtenAtMs || (a.noteId < b.noteId ? 1 : -1));
  }

  /** Of the calls asked for that have notes. */
  counts(callIds: readonly string[]): Record<string, NoteCount> {
    const wanted = new Set(callIds);
    const counts: Record<string, { notes: number; flags: NoteFlag[] }> = {};
    for (const { callId, flag } of this.#standing()) {
      if (!wanted.has(callId)) continue;
      const count = (counts[callId] ??= { notes: 0, flags: [] });
      count.notes += 1;
      if (isNoteFlag(flag ?? undefined) && !count.flags.includes(flag as NoteFlag))
        count.flags.push(flag as NoteFlag);
    }
    return counts;
  }

  /** Calls with a note that carries a flag. */
  flaggedCalls(): readonly string[] {
    return [
      ...new Set(
        this.#standing()
          .filter(({ flag }) => flag !== null)
          .map(({ callId }) => callId),
      ),
    ];
  }

  /** Durable when it returns. Throws `knowledge.unknown` and `input.invalid`. */
  save(edit: NoteEdit, saving: Saving): { readonly noteId: string; readonly revisionId: string } {
    const { callId, text, flag, resolves, baseId } = edit;
    const noteId = edit.noteId ?? noteDocId(this.#newId());
    if (!isNote(noteId) || (edit.noteId === null) !== (baseId === null))
      throw refused('This is no note on a call.');
    const before = baseId === null ? null : this.#revision(baseId);
    if (before && before.fields.callId !== callId) throw refused('A note stays with the call that it is on.');
    const fields: KnowledgeFields = flag === null ? { callId } : { callId, flag };
    const saved = this.#desk.save(
      { docId: noteId, baseId, markdown: text.trim(), fields, note: '', resolves },
      saving,
    );
    return { noteId, revisionId: saved.revisionId };
  }

  /** For lists of what waits: the words of the note are nobody's business there (NOT6). */
  titleOf({ fields }: SavedRevision): string {
    const name = fields.callId === undefined ? null : this.#callerOf(fields.callId);
    return name === null ? 'Note on a call' : `Note on the call with ${name}`;
  }

  /**
   * The worker has erased these notes: their words go from what it told before, and from what was saved here (NOT12). Done before the
   * page that says so is taken, so that a crash between the two repeats it.
   */
  forgetErased(revisions: readonly SavedRevision[]): void {
    for (const revision of revisions)
      if (isNote(revision.docId) && isErasedNote(revision)) this.#forget(revision.docId);
  }

  /** Of calls whose caller is erased: also notes that the worker never had (NOT12). @returns how many notes */
  forgetCalls(callIds: readonly string[]): number {
    const gone = new Set(callIds);
    const docIds = new Set(
      this.#saved()
        .filter(({ revision }) => gone.has(revision.fields.callId ?? ''))
        .map(({ revision }) => revision.docId),
    );
    for (const docId of docIds) this.#outbox.forgetDoc(docId);
    return docIds.size;
  }

  #forget(docId: string): void {
    this.#outbox.forgetDoc(docId);
    this.#cache.rewrite(docId, withoutWords, conflictWithoutWords);
  }

  #note(docId: string): CallNote | null {
    const entries = this.#outbox.ofDoc(docId);
    const refused = entries.findLast(({ state }) => state === 'refused') ?? null;
    const waits = entries.some(({ state }) => state === 'waiting');
    const standing = entries.findLast(({ state }) => state !== 'refused')?.revision ?? null;
    const server = this.#cache.doc(docId);
    const head = standing ?? (server && this.#cache.revision(server.headId)) ?? refused?.revision ?? null;
    if (!head || (head.isDeleted && refused === null)) return null;
    const [first = standing ?? head] = this.#cache.revisionsOf(docId);
    const { text, flag } = wordsOf(head);
    return {
      noteId: docId,
      headId: head.id,
      text,
      flag,
      writtenBy: first.author,
      writtenAtMs: first.savedAtMs,
      edited: first.id === head.id ? null : { by: head.author, atMs: head.savedAtMs },
      state: refused ? refusedState(refused) : { name: waits ? 'waiting' : 'sent' },
      conflicts: [...this.#cache.openConflicts(docId)],
    };
  }

  /** Every note that is not deleted. */
  #standing(): readonly Standing[] {
    const notes = new Map<string, Standing>(this.#told().map(note => [note.docId, note]));
    for (const { revision, state } of this.#saved()) {
      if (state === 'refused') continue;
      const { callId, flag } = revision.fields;
      if (revision.isDeleted || callId === undefined) notes.delete(revision.docId);
      else notes.set(revision.docId, { callId, flag: flag ?? null });
    }
    return [...notes.values()];
  }

  #saved(): readonly OutboxEntry[] {
    return this.#outbox.all().filter(({ revision }) => isNote(revision.docId));
  }

  /** Told by the worker and not deleted; the fields come from the head. */
  #told(and = '', ...values: readonly string[]): readonly Told[] {
    return this.#database
      .prepare(
        `SELECT docId, callId, flag FROM (
          SELECT d.doc_id AS docId, json_extract(r.payload_json, '$.fields.callId') AS callId, json_extract(r.payload_json, '$.fields.flag') AS flag
          FROM kb_doc d JOIN kb_rev r ON r.id = d.head_id WHERE d.doc_id GLOB ? AND d.is_deleted = 0
        ) WHERE callId IS NOT NULL ${and}`,
      )
      .all(NOTE_GLOB, ...values) as Told[];
  }

  #revision(id: string): SavedRevision | null {
    return (
      this.#cache.revision(id) ?? this.#saved().find(entry => entry.revision.id === id)?.revision ?? null
    );
  }

  #callerOf(callId: string): string | null {
    const name = this.#database
      .prepare(
        `SELECT coalesce((SELECT json_extract(listed_json, '$.displayName') FROM call WHERE id = @callId),
          (SELECT json_extract(payload_json, '$.displayName') FROM call_event WHERE conversation_id = @callId AND type = 'call.ringing' LIMIT 1))`,
      )
      .pluck()
      .get({ callId });
    return typeof name === 'string' && name !== '' ? name : null;
  }
}

const refused = (message: string) => appError('input.invalid', message, { origin: 'electron' });

function wordsOf({ blocks, fields }: SavedRevision): {
  readonly text: string;
  readonly flag: NoteFlag | null;
} {
  const { flag } = fields;
  return { text: joinBlocks(blocks.map(({ text }) => text)), flag: isNoteFlag(flag) ? flag : null };
}

const refusedState = ({ revision, message }: OutboxEntry): CallNote['state'] => ({
  name: 'refused',
  reason: message ?? '',
  isDeletion: revision.isDeleted,
  ...wordsOf(revision),
  baseId: revision.parents[0] ?? null,
});
