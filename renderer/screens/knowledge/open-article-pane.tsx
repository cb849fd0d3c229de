import type { EditorView } from '@codemirror/view';
import { lazy, Suspense, useCallback, useState } from 'react';
import { mayEditKnowledge } from '#renderer/stores/knowledge.ts';
import { openConflicts } from '#renderer/stores/knowledge-article.ts';
import { useArticle, useConsole, useDesk } from '#renderer/stores/use-console.ts';
import { ArticleHeader } from './article-header.tsx';
import { ArticleNotices } from './article-notices.tsx';
import { ArticleToolbar, type ArticleView } from './article-toolbar.tsx';
import { ConflictCard } from './conflict-card.tsx';
import { CodeEditor } from './editor/code-editor.tsx';
import { HistorySheet } from './history-sheet.tsx';
import { MergeSheet } from './merge-sheet.tsx';

const Preview = lazy(async () => ({ default: (await import('./preview.tsx')).Preview }));

/** One article: its name and what can be done with it, its text, and what two people wrote differently. */
export function OpenArticlePane() {
  const { knowledge } = useConsole();
  const article = useArticle(state => (state.name === 'open' ? state : null));
  const mayEdit = useDesk(mayEditKnowledge);
  const [editor, setEditor] = useState<EditorView | null>(null);
  const [view, setView] = useState<ArticleView>('write');
  const [showsChanges, setShowsChanges] = useState(true);
  const [merges, setMerges] = useState(false);
  const leave = useCallback(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }, []);
  if (!article) return null;
  const published = article.doc?.publishedMarkdown ?? null;
  const differs = published !== null && published !== article.text.markdown;
  const conflicts = openConflicts(article);
  return (
    <section
      aria-label="Article"
      className="article flex min-h-0 min-w-0 flex-1 flex-col"
      onKeyDown={event => {
        const isToggle = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'e';
        if (!isToggle) return;
        event.preventDefault();
        setView(view === 'write' ? 'read' : 'write');
      }}
    >
      <ArticleHeader article={article} />
      <ArticleToolbar
        article={article}
        editor={editor}
        view={view}
        onView={setView}
        changes={differs ? showsChanges : null}
        onChanges={setShowsChanges}
      />
      <ArticleNotices article={article} />
      <div className="article-scroll min-h-0 flex-1 overflow-y-auto">
        <div className="article-text">
          {view === 'read' ? (
            <Suspense fallback={<div className="skeleton h-6 w-1/2" />}>
              <Preview markdown={article.text.markdown} />
            </Suspense>
          ) : (
            <CodeEditor
              key={article.opening}
              id="article-text"
              label="Text of the article"
              text={article.text.markdown}
              replaced={article.replaced}
              original={differs && showsChanges ? published : null}
              isReadOnly={!mayEdit}
              onType={markdown => knowledge.desk.type(markdown)}
              onLeave={leave}
              onView={setEditor}
            />
          )}
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
