import { useEffect, useRef } from 'react';
import { spaceOf } from '#shared/domain/document-space.ts';
import type { KnowledgeConflict } from '#shared/protocol/knowledge.ts';
import type { OpenArticle } from '#renderer/stores/knowledge-article.ts';
import { aboutOf, sidesOf, type ConflictAbout, type ConflictSide } from '#renderer/stores/settle-conflict.ts';
import { useConsole, useDesk, useNow } from '#renderer/stores/use-console.ts';
import { mayEditDoc } from '#renderer/stores/knowledge.ts';
import { whenWords } from '#shared/projections/words.ts';

const FIELD_WORDS: Readonly<Record<string, string>> = {
  policyVersion: 'version',
  title: 'title',
  stage: 'stage',
  ownerId: 'owner',
  verifyEveryDays: 'interval',
  verifiedAtMs: 'day of the last look',
  tags: 'tags',
};

export interface ConflictCardProps {
  readonly article: OpenArticle;
  readonly conflicts: readonly KnowledgeConflict[];
  readonly onMerge: () => void;
}

const NOBODY = { userId: '', name: '' };

/** Where two people wrote differently. One at a time; everything else goes on around it. */
export function ConflictCard({ article, conflicts, onMerge }: ConflictCardProps) {
  const { knowledge } = useConsole();
  const me = useDesk(state => (state.name === 'ready' ? state.user : NOBODY));
  const mayEdit = useDesk(mayEditDoc(article.doc?.docId ?? null));
  const card = useRef<HTMLElement>(null);
  const nowMs = useNow(60_000);
  const [conflict] = conflicts;
  const id = conflict?.id;
  const before = useRef(id);
  useEffect(() => {
    // The next one comes where the last one was settled, under the hand that settled it.
    if (before.current !== undefined && id !== before.current)
      card.current?.querySelector<HTMLElement>('button')?.focus();
    before.current = id;
  }, [id]);
  if (!conflict) return null;
  const about = aboutOf(conflict);
  const [one, other] = sidesOf(conflict, me);
  const rest = conflicts.length - 1;
  const piece = pieceOf(article);
  const textLook = piece === 'clause' ? 'num whitespace-pre-wrap text-[12px]' : 'whitespace-pre-wrap';
  return (
    <section
      ref={card}
      aria-label="Conflict"
      className="conflict-card"
      data-saving={article.work === 'saving'}
    >
      <div className="mb-3 flex flex-wrap items-baseline gap-x-4">
        <h2 className="m-0 mr-auto text-[13px] font-semibold">{titleWords(about, one, other, piece)}</h2>
        <span className="text-[12px] text-muted">
          {rest === 0 ? 'Everything else was merged' : `${rest} more after this`}
        </span>
      </div>
      <div className="conflict-sides">
        {[one, other].map((side, at) => (
          <div key={at} className="conflict-side">
            <div className="mb-1 text-[12px] font-semibold text-muted">
              {headWords(side, at)}, <span className="num">{whenWords(side.atMs, nowMs)}</span>
              {side.stands && <span className="font-normal"> · stands now</span>}
            </div>
            <div className={side.text === null ? 'text-muted italic' : textLook}>
              {sideWords(about, side, piece)}
            </div>
          </div>
        ))}
      </div>
      {mayEdit && (
        <div className="mt-3 flex flex-wrap gap-2">
          <button
            type="button"
            className="btn"
            onClick={() => void knowledge.desk.settle(conflict, one.text)}
          >
            {one.isMe ? 'Keep mine' : `Keep ${one.who}’s`}
          </button>
          <button
            type="button"
            className="btn"
            onClick={() => void knowledge.desk.settle(conflict, other.text)}
          >
            {one.isMe ? 'Keep theirs' : other.isMe ? 'Keep mine' : `Keep ${other.who}’s`}
          </button>
          {about.name === 'paragraph' && (
            <button type="button" className="btn" onClick={() => knowledge.desk.writeBoth(conflict)}>
              Write both into one
            </button>
          )}
          <span className="flex-1" />
          {about.name === 'paragraph' && (
            <button type="button" className="btn" onClick={onMerge}>
              Side by side
            </button>
          )}
        </div>
      )}
    </section>
  );
}

const headWords = (side: ConflictSide, at: number): string =>
  side.isMe ? 'Yours' : at === 1 ? `Theirs (${side.who})` : side.who;

/** What a policy is made of are clauses. */
const pieceOf = ({ doc }: OpenArticle): string =>
  doc !== null && spaceOf(doc.docId) === 'policies' ? 'clause' : 'paragraph';

function titleWords(about: ConflictAbout, one: ConflictSide, other: ConflictSide, piece: string): string {
  const thing =
    about.name === 'paragraph'
      ? `the same ${piece}`
      : about.name === 'field'
        ? `the ${FIELD_WORDS[about.field] ?? about.field}`
        : 'or deleted the article';
  if (about.name === 'document')
    return one.isMe
      ? `${other.who} and you disagree about deleting this`
      : 'One changed this, one deleted it';
  return one.isMe
    ? `${other.who} changed ${thing} while you were writing`
    : `${one.who} and ${other.who} changed ${thing}`;
}

function sideWords(about: ConflictAbout, { text }: ConflictSide, piece: string): string {
  if (about.name === 'document') return text === 'deleted' ? 'Deleted the article' : 'Wants the article';
  if (text === null) return about.name === 'field' ? 'Took it away' : `Took this ${piece} away`;
  return text;
}
