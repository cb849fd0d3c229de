import { useEffect, useRef } from 'react';
import { FlagMark, FlagPills } from '#renderer/components/note-flags.tsx';
import { SideSection } from '#renderer/components/side-column.tsx';
import { isEmpty, NO_DRAFT, type NoteDraft, type NoteEditing } from '#renderer/stores/call-notes.ts';
import { mayDo } from '#renderer/stores/rights.ts';
import { useCall, useConsole, useDesk, useNotes, useNow } from '#renderer/stores/use-console.ts';
import { MAX_NOTE_CHARS } from '#shared/domain/call-note.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { CallNote } from '#shared/ipc/note-commands.ts';
import { whenWords } from '#shared/projections/words.ts';
import { NoteConflict } from './note-conflict.tsx';

/** What people have written on this call, for whoever looks at it next. */
export function NotesTab() {
  const { notes: desk } = useConsole();
  const status = useNotes(state => state.status);
  const notes = useNotes(state => state.notes);
  const mayWrite = useDesk(state => mayDo(state, 'flag-moment'));
  return (
    <>
      <SideSection title="New note">
        {mayWrite ? (
          <NewNote />
        ) : (
          <p className="m-0 text-muted">
            Your role may not write notes on calls. You read what others wrote.
          </p>
        )}
      </SideSection>
      <SideSection title="Notes on this call">
        {status.name === 'loading' && (
          <div role="status" aria-busy="true" aria-label="Loading the notes" className="skeleton h-10" />
        )}
        {status.name === 'failed' && (
          <div role="alert">
            <p className="m-0 text-muted">
              The notes cannot be read. {status.error.message}{' '}
              <small className="num text-[11px]">{status.error.code}</small>
            </p>
            <button type="button" className="btn btn-small mt-2" onClick={() => void desk.read()}>
              Try again
            </button>
          </div>
        )}
        {status.name === 'ready' && notes.length === 0 && (
          <p className="m-0 text-muted">
            Nobody has written on this call yet. The caller and the AI never see notes.
          </p>
        )}
        <div className="flex flex-col gap-2.5">
          {notes.map(note => (
            <Note key={note.noteId} note={note} mayWrite={mayWrite} />
          ))}
        </div>
      </SideSection>
    </>
  );
}

function NewNote() {
  const { notes } = useConsole();
  const callId = useCall(state => state.callId);
  const draft = useNotes(state => (callId === null ? undefined : state.drafts[callId])) ?? NO_DRAFT;
  const refusal = useNotes(state => state.refusal);
  const isSaving = useNotes(state => state.isSaving);
  const focusRequest = useNotes(state => state.focusRequest);
  return (
    <NoteForm
      label="Note on this call"
      draft={draft}
      error={refusal}
      focusRequest={focusRequest}
      isBusy={isSaving}
      onChange={change => notes.write(change)}
      onSave={() => void notes.saveNew()}
    />
  );
}

interface NoteFormProps {
  readonly label: string;
  readonly draft: NoteDraft;
  readonly error: ErrorBody | null;
  readonly focusRequest?: number;
  readonly isBusy?: boolean;
  readonly onChange: (change: Partial<NoteDraft>) => void;
  readonly onSave: () => void;
  readonly onLeave?: () => void;
}

function NoteForm(props: NoteFormProps) {
  const { label, draft, error, focusRequest = 0, isBusy = false, onChange, onSave, onLeave } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const isLong = draft.text.length > MAX_NOTE_CHARS;
  useEffect(() => {
    if (focusRequest > 0) field.current?.focus();
  }, [focusRequest]);
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={event => {
        event.preventDefault();
        onSave();
      }}
    >
      <textarea
        ref={field}
        aria-label={label}
        placeholder="What should be remembered of this call?"
        rows={3}
        className="field h-auto min-h-[72px] resize-y px-3 py-2 leading-snug"
        value={draft.text}
        onChange={event => onChange({ text: event.target.value })}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            onSave();
          }
          if (event.key === 'Escape') (onLeave ?? (() => event.currentTarget.blur()))();
        }}
      />
      <FlagPills chosen={draft.flag} onChoose={flag => onChange({ flag })} />
      {isLong && (
        <p role="status" className="m-0 text-veto">
          {draft.text.length - MAX_NOTE_CHARS} characters too many.
        </p>
      )}
      {error && (
        <p role="alert" className="m-0 text-veto">
          Not saved. {error.message} <small className="num text-[11px]">{error.code}</small>
        </p>
      )}
      <div className="flex gap-2">
        <button
          type="submit"
          className="btn btn-small btn-solid"
          disabled={isBusy || isLong || isEmpty(draft)}
        >
          Save the note
        </button>
        {onLeave && (
          <button type="button" className="btn btn-small" onClick={onLeave}>
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}

interface NoteProps {
  readonly note: CallNote;
  readonly mayWrite: boolean;
}

function Note({ note, mayWrite }: NoteProps) {
  const { notes } = useConsole();
  const editing = useNotes(state => state.editing[note.noteId]);
  const nowMs = useNow(30_000);
  const { noteId, text, flag, writtenBy, writtenAtMs, edited, state, conflicts } = note;
  const [conflict] = conflicts;
  return (
    <article
      aria-label={`Note of ${writtenBy}`}
      className="rounded-[12px] border border-line px-3.5 py-2.5 [overflow-wrap:anywhere]"
    >
      <div className="mb-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-[12px] text-muted">
        <b className="font-semibold text-text">{writtenBy}</b>
        <time dateTime={new Date(writtenAtMs).toISOString()} className="num">
          {whenWords(writtenAtMs, nowMs)}
        </time>
        {flag !== null && <FlagMark flag={flag} />}
      </div>
      {editing ? (
        <Editing noteId={noteId} editing={editing} note={note} />
      ) : (
        <>
          {text !== '' && <p className="m-0 whitespace-pre-wrap">{text}</p>}
          {edited && (
            <p className="m-0 mt-1 text-[12px] text-muted">
              Changed by {edited.by}, <span className="num">{whenWords(edited.atMs, nowMs)}</span>
            </p>
          )}
        </>
      )}
      {state.name === 'waiting' && (
        <p className="m-0 mt-1 text-[12px] text-muted">Waiting to be sent. It is saved on this desk.</p>
      )}
      {state.name === 'refused' && <Refused note={note} state={state} mayWrite={mayWrite} />}
      {conflict && (
        <NoteConflict note={note} conflict={conflict} rest={conflicts.length - 1} mayWrite={mayWrite} />
      )}
      {mayWrite && !editing && (
        <div className="mt-2 flex gap-2">
          <button type="button" className="btn btn-small" onClick={() => notes.edit(note)}>
            Edit
          </button>
          <button type="button" className="btn btn-small" onClick={() => void notes.remove(note)}>
            Delete
          </button>
        </div>
      )}
    </article>
  );
}

interface EditingProps {
  readonly noteId: string;
  readonly note: CallNote;
  readonly editing: NoteEditing;
}

function Editing({ noteId, note, editing }: EditingProps) {
  const { notes } = useConsole();
  return (
    <>
      {editing.baseId !== note.headId && note.state.name !== 'refused' && (
        <p role="status" className="m-0 mb-1 text-muted">
          {note.edited?.by ?? note.writtenBy} changed this meanwhile. Saving merges both.
        </p>
      )}
      <NoteForm
        label={`Text of the note of ${note.writtenBy}`}
        draft={editing}
        error={editing.error}
        focusRequest={1}
        onChange={change => notes.rewrite(noteId, change)}
        onSave={() => void notes.saveEdited(noteId)}
        onLeave={() => notes.leave(noteId)}
      />
    </>
  );
}

interface RefusedProps extends NoteProps {
  readonly state: Extract<CallNote['state'], { readonly name: 'refused' }>;
}

/** What the worker did not take, with why: it stays here until somebody decides. */
function Refused({ note, state, mayWrite }: RefusedProps) {
  const { notes } = useConsole();
  const isShown = state.text === note.text && state.flag === note.flag;
  return (
    <div role="alert" className="mt-2 rounded-[8px] border border-veto/60 px-3 py-2">
      <b className="font-semibold">{state.isDeletion ? 'Deleting was not accepted' : 'Not accepted'}</b>
      <p className="m-0 text-muted">{state.reason}</p>
      {!state.isDeletion && !isShown && <p className="m-0 mt-1 whitespace-pre-wrap">{state.text}</p>}
      <div className="mt-2 flex flex-wrap gap-2">
        {mayWrite && !state.isDeletion && state.baseId !== null && (
          <button type="button" className="btn btn-small" onClick={() => notes.editRefused(note)}>
            Edit it again
          </button>
        )}
        <button type="button" className="btn btn-small" onClick={() => void notes.dropRefused(note)}>
          {state.isDeletion ? 'Keep the note' : 'Throw it away'}
        </button>
      </div>
    </div>
  );
}
