import { createStore, type StoreApi } from 'zustand/vanilla';
import type { NoteFlag } from '#shared/domain/call-note.ts';
import { isNoteFlag } from '#shared/domain/call-note.ts';
import { isNote } from '#shared/domain/document-space.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { CallNote, NoteCount } from '#shared/ipc/note-commands.ts';
import type { SyncStatus } from '#shared/ipc/sync-status.ts';
import type { KnowledgeConflict } from '#shared/protocol/knowledge.ts';
import type { CallStore } from './call-store.ts';
import type { HistoryStore } from './history-store.ts';
import { aboutOf, bothOf, settledWith } from './settle-conflict.ts';
import { tellError, tellUndo } from './supervise.ts';
import type { UiStore } from './ui-store.ts';

/** Words that are not saved. */
export interface NoteDraft {
  readonly text: string;
  readonly flag: NoteFlag | null;
}

/** A note that is being changed: from which revision on, and what was not saved and why. */
export interface NoteEditing extends NoteDraft {
  readonly baseId: string;
  readonly error: ErrorBody | null;
}

export interface CallNotesState {
  readonly status:
    | { readonly name: 'loading' }
    | { readonly name: 'ready' }
    | { readonly name: 'failed'; readonly error: ErrorBody };
  /** Of the opened call, newest first. */
  readonly notes: readonly CallNote[];
  /** By call: what is typed stays with it (NOT9). */
  readonly drafts: Readonly<Record<string, NoteDraft>>;
  readonly editing: Readonly<Record<string, NoteEditing>>;
  /** Why the new note was not saved, until the next try. */
  readonly refusal: ErrorBody | null;
  readonly isSaving: boolean;
  /** Counts requests to put the caret into the field of a new note. */
  readonly focusRequest: number;
  /** Of the calls that are listed. */
  readonly counts: Readonly<Record<string, NoteCount>>;
}

export const NO_DRAFT: NoteDraft = { text: '', flag: null };

/** Notes of the opened call, and what lists show of notes. */
export interface CallNotes {
  readonly state: StoreApi<CallNotesState>;
  read(): Promise<void>;
  /** Goes to the field of a new note. */
  compose(): void;
  write(change: Partial<NoteDraft>): void;
  saveNew(): Promise<void>;
  edit(note: CallNote): void;
  /** What was not accepted is opened again. */
  editRefused(note: CallNote): void;
  rewrite(noteId: string, change: Partial<NoteDraft>): void;
  leave(noteId: string): void;
  saveEdited(noteId: string): Promise<void>;
  remove(note: CallNote): Promise<void>;
  dropRefused(note: CallNote): Promise<void>;
  /** @param text the side that is to stand; null where that side took the passage away */
  settle(note: CallNote, conflict: KnowledgeConflict, text: string | null): Promise<void>;
  keepBoth(note: CallNote, conflict: KnowledgeConflict): Promise<void>;
  start(): () => void;
}

interface Deps {
  readonly bridge: DeskBridge;
  readonly ui: UiStore;
  readonly call: CallStore;
  readonly history: HistoryStore;
  readonly sync: StoreApi<SyncStatus | null>;
}

export function createCallNotes({ bridge, ui, call, history, sync }: Deps): CallNotes {
  const state = createStore<CallNotesState>(() => ({
    status: { name: 'loading' },
    notes: [],
    drafts: {},
    editing: {},
    refusal: null,
    isSaving: false,
    focusRequest: 0,
    counts: {},
  }));
  const openedCall = (): CallId | null => call.state.getState().callId;
  const put = (noteId: string, editing: NoteEditing | null): void =>
    state.setState(before => {
      const { [noteId]: _gone, ...others } = before.editing;
      return { editing: editing === null ? others : { ...others, [noteId]: editing } };
    });

  const read = async (): Promise<void> => {
    const callId = openedCall();
    if (callId === null) return;
    const answer = await bridge.run('list-call-notes', { callId });
    if (callId !== openedCall()) return;
    state.setState(
      answer.ok
        ? { status: { name: 'ready' }, notes: answer.value.notes }
        : { status: { name: 'failed', error: answer.error } },
    );
  };
  const count = async (): Promise<void> => {
    const callIds = history.state
      .getState()
      .calls.slice(0, MOST_COUNTED)
      .map(({ id }) => id);
    if (callIds.length === 0) return;
    const answer = await bridge.run('count-call-notes', { callIds });
    if (answer.ok) state.setState({ counts: answer.value.counts });
  };
  const save = (
    note: { readonly noteId: string; readonly baseId: string } | null,
    { text, flag }: NoteDraft,
    resolves: readonly string[] = [],
  ) => {
    const { noteId, baseId } = note ?? { noteId: null, baseId: null };
    const callId = openedCall();
    if (callId === null) return null;
    return bridge.run('save-call-note', { callId, noteId, baseId, text, flag, resolves: [...resolves] });
  };
  /** An act on a note that has no text of its own to keep: what is refused is told. */
  const act = async (
    answer: Promise<{ ok: true } | { ok: false; error: ErrorBody }> | null,
  ): Promise<void> => {
    const given = await answer;
    if (given && !given.ok) tellError(ui, given.error);
    await read();
  };
  const settleWith = (note: CallNote, conflict: KnowledgeConflict, text: string | null): Promise<void> => {
    const { noteId, headId, flag } = note;
    const settled = settledWith(
      { markdown: note.text, fields: flag === null ? {} : { flag } },
      conflict,
      text,
    );
    const kept = {
      text: settled.markdown,
      flag: isNoteFlag(settled.fields.flag) ? settled.fields.flag : null,
    };
    return act(save({ noteId, baseId: headId }, kept, [conflict.id]));
  };

  return {
    state,
    read,
    compose() {
      ui.setState({ tab: 'notes', sideOpen: true });
      state.setState(({ focusRequest }) => ({ focusRequest: focusRequest + 1 }));
    },
    write(change) {
      const callId = openedCall();
      if (callId === null) return;
      state.setState(({ drafts }) => ({
        drafts: { ...drafts, [callId]: { ...(drafts[callId] ?? NO_DRAFT), ...change } },
      }));
    },
    async saveNew() {
      const callId = openedCall();
      const draft = callId === null ? undefined : state.getState().drafts[callId];
      if (callId === null || !draft || isEmpty(draft) || state.getState().isSaving) return;
      state.setState({ isSaving: true, refusal: null });
      const answer = await save(null, draft);
      state.setState(({ drafts: { [callId]: typed, ...others } }) => ({
        isSaving: false,
        refusal: answer && !answer.ok ? answer.error : null,
        // What was typed while it was saved stays.
        ...(answer?.ok && typed === draft ? { drafts: others } : {}),
      }));
      await read();
    },
    edit({ noteId, headId, text, flag }) {
      put(noteId, { baseId: headId, text, flag, error: null });
    },
    editRefused({ noteId, headId, state: standing }) {
      if (standing.name !== 'refused') return;
      const { text, flag, baseId } = standing;
      put(noteId, { baseId: baseId ?? headId, text, flag, error: null });
    },
    rewrite(noteId, change) {
      const before = state.getState().editing[noteId];
      if (before) put(noteId, { ...before, ...change });
    },
    leave: noteId => put(noteId, null),
    async saveEdited(noteId) {
      const editing = state.getState().editing[noteId];
      if (!editing || isEmpty(editing)) return;
      const answer = await save({ noteId, baseId: editing.baseId }, editing);
      if (answer?.ok) put(noteId, null);
      else if (answer) put(noteId, { ...editing, error: answer.error });
      await read();
    },
    async remove({ noteId, headId, text, flag }) {
      const answer = await bridge.run('delete-call-note', { noteId, baseId: headId });
      if (!answer.ok) return tellError(ui, answer.error);
      const callId = openedCall();
      const baseId = answer.value.revisionId;
      put(noteId, null);
      await read();
      tellUndo(ui, 'Note deleted', () => {
        if (callId === null) return;
        void act(bridge.run('save-call-note', { callId, noteId, baseId, text, flag }));
      });
    },
    dropRefused({ noteId }) {
      put(noteId, null);
      return act(bridge.run('drop-refused-note', { noteId }));
    },
    settle(note, conflict, text) {
      const { noteId, headId } = note;
      if (aboutOf(conflict).name === 'document' && text === 'deleted')
        return act(bridge.run('delete-call-note', { noteId, baseId: headId }));
      return settleWith(note, conflict, text);
    },
    keepBoth: (note, conflict) => settleWith(note, conflict, bothOf(conflict)),
    start() {
      const stops = [
        call.state.subscribe(({ callId }, before) => {
          if (callId === before.callId) return;
          state.setState({ status: { name: 'loading' }, notes: [], refusal: null });
          void read();
        }),
        history.state.subscribe(({ calls }, before) => {
          if (calls !== before.calls) void count();
        }),
        bridge.onNotice('knowledge-changed', ({ docIds }) => {
          // No name at all: everything may be another.
          if (docIds.length > 0 && !docIds.some(isNote)) return;
          void read();
          void count();
        }),
        sync.subscribe((status, before) => {
          if (before?.waiting !== status?.waiting || before?.refused.length !== status?.refused.length)
            void read();
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** A desk counts for at most so many calls at a time. */
const MOST_COUNTED = 1_000;

export const isEmpty = ({ text, flag }: NoteDraft): boolean => text.trim() === '' && flag === null;
