import { lazy, Suspense } from 'react';
import { spaceOf } from '#shared/domain/document-space.ts';
import { Trouble } from '#renderer/components/states.tsx';
import { mayEditKnowledge } from '#renderer/stores/knowledge.ts';
import { useArticle, useConsole, useDesk, useKnowledgeList } from '#renderer/stores/use-console.ts';

/** The editor is large, and a console that shows calls never needs it (KNW25). */
const OpenArticlePane = lazy(async () => ({
  default: (await import('./open-article-pane.tsx')).OpenArticlePane,
}));

const OpenPolicyPane = lazy(async () => ({
  default: (await import('./open-policy-pane.tsx')).OpenPolicyPane,
}));

/** The middle of the workspace: the article, or what to do without one. */
export function ArticlePane() {
  const { knowledge } = useConsole();
  const state = useArticle(current => current.name);
  const error = useArticle(current => (current.name === 'failed' ? current.error : null));
  const mayEdit = useDesk(mayEditKnowledge);
  const space = useKnowledgeList(current => current.space);
  const isPolicy = useArticle(
    current => current.name === 'open' && current.doc !== null && spaceOf(current.doc.docId) === 'policies',
  );
  return (
    <div className="article-pane flex min-h-0 min-w-0 flex-1 flex-col">
      {state === 'none' && space === 'policies' && (
        <Trouble
          title="No policy is open"
          words="Choose one on the left. What the AI may say on calls follows from those that are in force."
        />
      )}
      {state === 'none' && space === 'knowledge' && (
        <Trouble
          title="No article is open"
          words={
            mayEdit
              ? 'Choose one on the left, or write a new one. Callers hear only what is published.'
              : 'Choose one on the left. You may read; an admin can give you the right to write.'
          }
        />
      )}
      {state === 'failed' && error && (
        <Trouble title="This document cannot be opened" words={error.message} code={error.code}>
          <button type="button" className="btn mt-2" onClick={() => knowledge.desk.close()}>
            Close
          </button>
        </Trouble>
      )}
      {state === 'loading' && <ArticleSkeleton />}
      {state === 'open' && (
        <Suspense fallback={<ArticleSkeleton />}>
          {isPolicy ? <OpenPolicyPane /> : <OpenArticlePane />}
        </Suspense>
      )}
    </div>
  );
}

function ArticleSkeleton() {
  return (
    <div aria-busy="true" aria-label="Loading the article" role="status" className="flex-1 px-10 py-8">
      <div className="skeleton mb-6 h-8 w-1/3" />
      {[90, 96, 70, 94, 40].map(width => (
        <div key={width} className="skeleton mb-3 h-4" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
