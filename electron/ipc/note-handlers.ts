import { isNote, SPACE_RIGHTS } from '#shared/domain/document-space.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CommandHandlers } from '#shared/ipc/commands.ts';
import type { NOTE_COMMANDS } from '#shared/ipc/note-commands.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import type { DeskData } from '#electron/core/desk-data.ts';

/** Notes on calls: read and written on this desk, and kept in step by the sync (NOT4). */
export function noteHandlers(
  core: DeskCore,
  data: DeskData,
): Pick<CommandHandlers, keyof typeof NOTE_COMMANDS> {
  const { store, sync } = data;
  const changed = (noteId: string): void => {
    core.tell('knowledge-changed', { docIds: [noteId] });
    sync.wake();
  };
  /** Who writes. The worker judges anew; here it only keeps people from work that would not be accepted (NOT3). */
  const writer = async (): Promise<string> => {
    const user = core.user ?? (await store.people.last());
    if (!user) throw refused('access.denied', 'Nobody has signed in at this desk yet.');
    if (!user.capabilities.includes(SPACE_RIGHTS.notes.edit))
      throw refused('access.denied', 'Your role may not write notes on calls.');
    return user.name;
  };
  return {
    'list-call-notes': async ({ callId }) => ({ notes: [...(await store.notes.ofCall(callId))] }),
    'count-call-notes': async ({ callIds }) => ({ counts: await store.notes.counts(callIds) }),
    'save-call-note': async edit => {
      if (edit.text.trim() === '' && edit.flag === null)
        throw refused('input.invalid', 'A note has a text, a flag, or both.');
      const author = await writer();
      const saved = await store.notes.save(edit, { author, nowMs: Date.now() });
      const { callId, flag, resolves } = edit;
      data.record('note.saved', { ...saved, callId, flag, resolves });
      changed(saved.noteId);
      return saved;
    },
    'delete-call-note': async ({ noteId, baseId }) => {
      onlyNotes(noteId);
      const author = await writer();
      const deleted = await store.knowledge.remove(noteId, baseId, { author, nowMs: Date.now() });
      data.record('note.deleted', { noteId, ...deleted });
      changed(noteId);
      return deleted;
    },
    'drop-refused-note': async ({ noteId }) => {
      onlyNotes(noteId);
      await store.outbox.dropUnsaved(noteId);
      changed(noteId);
      return {};
    },
  };
}

function onlyNotes(docId: string): void {
  if (!isNote(docId)) throw refused('input.invalid', 'This is no note on a call.');
}

const refused = (code: 'access.denied' | 'input.invalid', message: string) =>
  appError(code, message, { origin: 'electron' });
