import { useCallback, useMemo, useState } from 'react';
import { policyNameOf } from '#shared/domain/document-space.ts';
import { mayEditPolicies } from '#renderer/stores/knowledge.ts';
import { openConflicts, standingWords } from '#renderer/stores/knowledge-article.ts';
import { policyDraftOf } from '#renderer/stores/policy-draft.ts';
import { useArticle, useConsole, useDesk } from '#renderer/stores/use-console.ts';
import { ArticleNotices } from './article-notices.tsx';
import { ConflictCard } from './conflict-card.tsx';
import { CodeEditor } from './editor/code-editor.tsx';
import { policyEditing } from './editor/policy-look.ts';
import { HistorySheet } from './history-sheet.tsx';
import { MergeSheet } from './merge-sheet.tsx';
import { PolicyHeader } from './policy-header.tsx';
import { StandingBar } from './standing-bar.tsx';

/** One policy document: its clauses as text, what is wrong with each, and the way into force (POL70-POL74). */
export function OpenPolicyPane() {
  const { knowledge } = useConsole();
  const article = useArticle(state => (state.name === 'open' ? state : null));
  const mayEdit = useDesk(mayEditPolicies);
  const [showsChanges, setShowsChanges] = useState(true);
  const [merges, setMerges] = useState(false);
  const leave = useCallback(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }, []);
  const docId = article?.doc?.docId ?? '';
  const look = useMemo(
    () => ({
      extension: policyEditing(policyNameOf(docId)),
      placeholder: 'One policy after the other, an empty line between them.',
    }),
    [docId],
  );
  const draft = useMemo(() => (article ? policyDraftOf(article) : null), [article]);
  if (!article?.doc || !draft) return null;
  const published = article.doc.publishedMarkdown;
  const differs = published !== null && published !== article.text.markdown;
  const conflicts = openConflicts(article);
  return (
    <section aria-label="Policy" className="article flex min-h-0 min-w-0 flex-1 flex-col">
      <PolicyHeader article={article} draft={draft} />
      <div className="flex min-h-[40px] flex-none flex-wrap items-center gap-2 border-b border-line-2 px-5 py-1">
        <span
          role="status"
          data-testid="faults"
          className={`text-[12px] ${draft.faults.length > 0 ? 'text-veto' : 'text-muted'}`}
        >
          {draft.faults.length === 0
            ? `${String(draft.clauses.length)} ${draft.clauses.length === 1 ? 'clause' : 'clauses'}, no fault`
            : `${String(draft.faults.length)} ${draft.faults.length === 1 ? 'fault' : 'faults'}, see the ${draft.faults.every(({ clause }) => clause === null) ? 'column on the right' : 'clause'}`}
        </span>
        {differs && (
          <button
            type="button"
            className={`btn btn-small ${showsChanges ? 'btn-on' : ''}`}
            aria-pressed={showsChanges}
            title="What differs from what is in force"
            onClick={() => setShowsChanges(!showsChanges)}
          >
            Changes
          </button>
        )}
        <StandingBar
          article={article}
          words={
            mayEdit
              ? standingWords(article)
              : 'You may read policies. An admin can give you the right to change them.'
          }
          mayEdit={mayEdit}
        />
      </div>
      <ArticleNotices article={article} />
      <div className="article-scroll min-h-0 flex-1 overflow-y-auto">
        <div className="article-text policy-text">
          <CodeEditor
            key={article.opening}
            id="article-text"
            label="Text of the policy"
            text={article.text.markdown}
            replaced={article.replaced}
            original={differs && showsChanges ? published : null}
            isReadOnly={!mayEdit}
            look={look}
            onType={markdown => knowledge.desk.type(markdown)}
            onLeave={leave}
          />
        </div>
      </div>
      {conflicts.length > 0 && (
        <ConflictCard article={article} conflicts={conflicts} onMerge={() => setMerges(true)} />
      )}
      <HistorySheet article={article} />
      {merges && <MergeSheet article={article} onClose={() => setMerges(false)} />}
    </section>
  );
}
