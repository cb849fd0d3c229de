import { Sheet } from '#renderer/components/sheet.tsx';
import type { KnowledgeRevision } from '#shared/ipc/knowledge-commands.ts';
import { mayEditDoc } from '#renderer/stores/knowledge.ts';
import type { ArticleHistory, OpenArticle } from '#renderer/stores/knowledge-article.ts';
import { useConsole, useDesk, useNow } from '#renderer/stores/use-console.ts';
import { whenWords } from '#shared/projections/words.ts';
import { DiffText } from './editor/merge-editor.tsx';
import { lookOf } from './look-of.ts';

/** Every revision, what it changed, and the way back to it (KNW12). */
export function HistorySheet({ article }: { readonly article: OpenArticle }) {
  const { knowledge } = useConsole();
  const { history } = article;
  if (history.name === 'closed') return null;
  const close = (): void => knowledge.desk.hideHistory();
  return (
    <Sheet label="History" onClose={close} className="wide-sheet">
      <div className="mb-3 flex items-center gap-3">
        <h2 className="m-0 mr-auto text-[15px] font-semibold">History</h2>
        <button type="button" className="btn btn-small" data-first onClick={close}>
          Close
        </button>
      </div>
      {history.name === 'loading' && (
        <div className="skeleton h-[300px]" role="status" aria-label="Loading the history" />
      )}
      {history.name === 'failed' && (
        <p role="alert" className="m-0">
          {history.error.message} <small className="num text-[11px] text-muted">{history.error.code}</small>
        </p>
      )}
      {history.name === 'open' && <Revisions article={article} history={history} />}
    </Sheet>
  );
}

interface RevisionsProps {
  readonly article: OpenArticle;
  readonly history: Extract<ArticleHistory, { name: 'open' }>;
}

function Revisions({ article, history: { revisions, chosenId, against } }: RevisionsProps) {
  const { knowledge } = useConsole();
  const mayEdit = useDesk(mayEditDoc(article.doc?.docId ?? null));
  const nowMs = useNow(60_000);
  const at = revisions.findIndex(({ id }) => id === chosenId);
  const chosen = revisions[at];
  const older = revisions[at + 1];
  const move = (by: number): void => {
    const next = revisions[Math.max(0, Math.min(revisions.length - 1, at + by))];
    if (next) knowledge.desk.chooseRevision({ chosenId: next.id });
  };
  return (
    <div className="history-body">
      <ul
        role="listbox"
        aria-label="Revisions"
        tabIndex={0}
        aria-activedescendant={chosen && `revision-${chosen.id}`}
        className="history-list"
        onKeyDown={event => {
          if (event.key === 'ArrowDown') move(1);
          else if (event.key === 'ArrowUp') move(-1);
          else return;
          event.preventDefault();
        }}
      >
        {revisions.map(revision => (
          <li
            key={revision.id}
            id={`revision-${revision.id}`}
            role="option"
            aria-selected={revision.id === chosenId}
            className={`article-row ${revision.id === chosenId ? 'article-row-open' : ''}`}
            onClick={() => knowledge.desk.chooseRevision({ chosenId: revision.id })}
          >
            <div className="flex gap-2">
              <b className="truncate font-semibold">{revision.author}</b>
              <time className="num ml-auto flex-none text-[12px] text-muted">
                {whenWords(revision.savedAtMs, nowMs)}
              </time>
            </div>
            <div className="text-[12px] text-muted">{marksOf(revision)}</div>
          </li>
        ))}
      </ul>
      {chosen && (
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <div className="mb-2 flex flex-wrap items-center gap-2">
            <div role="group" aria-label="Compared with" className="mr-auto flex gap-1.5">
              {(['before', 'now'] as const).map(name => (
                <button
                  key={name}
                  type="button"
                  aria-pressed={against === name}
                  className={`chip ${against === name ? 'chip-on' : ''}`}
                  onClick={() => knowledge.desk.chooseRevision({ against: name })}
                >
                  {name === 'before' ? 'What it changed' : 'Against the text now'}
                </button>
              ))}
            </div>
            {mayEdit && (at > 0 || chosen.isDeleted) && (
              <button
                type="button"
                className="btn btn-small"
                onClick={() => void knowledge.desk.restore(chosen)}
              >
                Restore this text
              </button>
            )}
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto rounded-[8px] border border-line-2 p-4">
            <DiffText
              label={`Text of ${chosen.author}, ${whenWords(chosen.savedAtMs, nowMs)}`}
              before={against === 'before' ? (older?.markdown ?? '') : chosen.markdown}
              after={against === 'before' ? chosen.markdown : article.text.markdown}
              {...lookOf(article)}
            />
          </div>
        </div>
      )}
    </div>
  );
}

function marksOf({ isPublished, isDeleted, isMerge, isWaiting, note }: KnowledgeRevision): string {
  const marks = [
    isPublished ? 'Published' : '',
    isDeleted ? 'Deleted' : '',
    isMerge ? 'Merged' : '',
    isWaiting ? 'Waiting to sync' : '',
    note,
  ].filter(mark => mark !== '');
  return marks.length === 0 ? 'Edited' : marks.join(' · ');
}
