import { spaceOf } from '#shared/domain/document-space.ts';
import { useArticle } from '#renderer/stores/use-console.ts';
import { ArticlePane } from './article-pane.tsx';
import { ArticleSide } from './article-side.tsx';
import { PolicySide } from './policy-side.tsx';
import { KnowledgeColumn } from './knowledge-column.tsx';

/** What the AI answers from: found, written, checked and published. */
export function KnowledgeScreen() {
  const isOpen = useArticle(state => state.name !== 'none');
  const isPolicy = useArticle(
    state => state.name === 'open' && state.doc !== null && spaceOf(state.doc.docId) === 'policies',
  );
  return (
    <main className="knowledge flex min-h-0 min-w-0 flex-1" data-open={isOpen}>
      <KnowledgeColumn />
      <ArticlePane />
      {isPolicy ? <PolicySide /> : <ArticleSide />}
    </main>
  );
}
