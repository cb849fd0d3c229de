import { flagWords } from '#renderer/components/note-flags.tsx';
import { aboutOf, sidesOf, type ConflictAbout, type ConflictSide } from '#renderer/stores/settle-conflict.ts';
import { useConsole, useDesk, useNow } from '#renderer/stores/use-console.ts';
import { isNoteFlag } from '#shared/domain/call-note.ts';
import type { CallNote } from '#shared/ipc/note-commands.ts';
import { whenWords } from '#shared/projections/words.ts';
import type { KnowledgeConflict } from '#shared/protocol/knowledge.ts';

const NOBODY = { userId: '', name: '' };

export interface NoteConflictProps {
  readonly note: CallNote;
  readonly conflict: KnowledgeConflict;
  /** Conflicts of the note after this one. */
  readonly rest: number;
  readonly mayWrite: boolean;
}

/** Two people wrote differently in one note: both texts, and one press for either or both (NOT10). */
export function NoteConflict({ note, conflict, rest, mayWrite }: NoteConflictProps) {
  const { notes } = useConsole();
  const me = useDesk(state => (state.name === 'ready' ? state.user : NOBODY));
  const nowMs = useNow(60_000);
  const about = aboutOf(conflict);
  const [one, other] = sidesOf(conflict, me);
  const keepWords = (side: ConflictSide): string =>
    side.isMe ? 'Keep mine' : one.isMe || other.isMe ? 'Keep theirs' : `Keep ${side.who}’s`;
  return (
    <section aria-label="Conflict" className="mt-2 rounded-[8px] border border-warn/70 px-3 py-2">
      <h3 className="m-0 mb-2 text-[12.5px] font-semibold">{titleWords(about, one, other)}</h3>
      <div className="conflict-sides">
        {[one, other].map((side, at) => (
          <div key={at} className="conflict-side">
            <div className="mb-1 text-[12px] text-muted">
              <b className="font-semibold">{side.isMe ? 'Yours' : side.who}</b>,{' '}
              <span className="num">{whenWords(side.atMs, nowMs)}</span>
              {side.stands && ' · stands now'}
            </div>
            <div className="whitespace-pre-wrap">{sideWords(about, side)}</div>
          </div>
        ))}
      </div>
      {mayWrite && (
        <div className="mt-2 flex flex-wrap items-center gap-2">
          {[one, other].map((side, at) => (
            <button
              key={at}
              type="button"
              className="btn btn-small"
              onClick={() => void notes.settle(note, conflict, side.text)}
            >
              {keepWords(side)}
            </button>
          ))}
          {about.name === 'paragraph' && one.text !== null && other.text !== null && (
            <button
              type="button"
              className="btn btn-small"
              onClick={() => void notes.keepBoth(note, conflict)}
            >
              Keep both
            </button>
          )}
          {rest > 0 && <span className="text-[12px] text-muted">{rest} more after this</span>}
        </div>
      )}
    </section>
  );
}

function titleWords(about: ConflictAbout, one: ConflictSide, other: ConflictSide): string {
  const who = one.isMe ? `${other.who} and you` : `${one.who} and ${other.who}`;
  if (about.name === 'document') return `${who} disagree about deleting this`;
  return about.name === 'field' ? `${who} chose different flags` : `${who} changed the same passage`;
}

function sideWords(about: ConflictAbout, { text }: ConflictSide): string {
  if (about.name === 'document') return text === 'deleted' ? 'Deleted the note' : 'Wants the note';
  if (about.name === 'field') return text === null ? 'No flag' : isNoteFlag(text) ? flagWords(text) : text;
  return text ?? 'Took this passage away';
}
