import { DropdownMenu } from 'radix-ui';
import type { KnowledgeDoc } from '#shared/ipc/knowledge-commands.ts';
import type { KnowledgeConflict } from '#shared/protocol/knowledge.ts';
import { mayEditKnowledge, mayPublishKnowledge } from '#renderer/stores/knowledge.ts';
import { isDirty, openConflicts, titleOf, type OpenArticle } from '#renderer/stores/knowledge-article.ts';
import { aboutOf } from '#renderer/stores/settle-conflict.ts';
import { useConsole, useDesk } from '#renderer/stores/use-console.ts';
import { DocumentHeader, DocumentMenu } from './document-header.tsx';

/** The name of the article, what it waits for, and what can be done with it as a whole. */
export function ArticleHeader({ article }: { readonly article: OpenArticle }) {
  const { knowledge } = useConsole();
  const mayEdit = useDesk(mayEditKnowledge);
  const mayPublish = useDesk(mayPublishKnowledge);
  const { doc, text, work } = article;
  const conflicts = openConflicts(article);
  const isBusy = work !== 'none';
  const stage = text.fields.stage ?? 'draft';
  const isPublished = doc !== null && doc.publishedId === doc.headId && !isDirty(article);
  return (
    <DocumentHeader
      thing="article"
      title={
        <input
          className="article-title"
          aria-label="Title"
          placeholder="Title"
          maxLength={300}
          readOnly={!mayEdit}
          value={text.fields.title ?? ''}
          onChange={event => knowledge.desk.setField('title', event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape') event.currentTarget.blur();
            if (event.key !== 'Enter') return;
            event.preventDefault();
            document.getElementById('article-text')?.focus();
          }}
        />
      }
      conflict={conflicts.length > 0 ? conflictWords(conflicts) : null}
      hasHistory={doc !== null}
    >
      {mayEdit && (
        <button
          type="button"
          className="btn"
          disabled={isBusy}
          onClick={() => void knowledge.desk.setStage(stage === 'in-review' ? 'draft' : 'in-review')}
        >
          {stage === 'in-review' ? 'Back to draft' : 'Ask for review'}
        </button>
      )}
      {mayPublish && (
        <button
          type="button"
          className="btn btn-solid"
          disabled={isBusy || isPublished || (doc === null && !isDirty(article))}
          onClick={() => void knowledge.desk.publish()}
        >
          {isPublished ? 'Published' : work === 'publishing' ? 'Publishing' : 'Publish'}
        </button>
      )}
      <More article={article} />
    </DocumentHeader>
  );
}

/** The AI answers from it: it is archived and published as that first, so that nothing is spoken that nobody can find any more. */
const isAnswered = ({ publishedId, headId, status }: KnowledgeDoc): boolean =>
  publishedId !== null && !(status === 'archived' && publishedId === headId);

function conflictWords(conflicts: readonly KnowledgeConflict[]): string {
  const isText = conflicts.every(conflict => aboutOf(conflict).name === 'paragraph');
  const thing = isText ? 'paragraph' : 'place';
  return conflicts.length === 1 ? `1 ${thing}` : `${conflicts.length} ${thing}s`;
}

function More({ article }: { readonly article: OpenArticle }) {
  const { knowledge } = useConsole();
  const mayEdit = useDesk(mayEditKnowledge);
  const { doc, text } = article;
  const isArchived = text.fields.stage === 'archived';
  if (doc === null) return null;
  return (
    <DocumentMenu>
      {mayEdit && (
        <DropdownMenu.Item
          className="menu-item"
          onSelect={() =>
            knowledge.patch.useText({
              docId: doc.docId,
              title: titleOf(article),
              markdown: text.markdown,
            })
          }
        >
          Use in a running call
        </DropdownMenu.Item>
      )}
      <DropdownMenu.Item className="menu-item" onSelect={() => void knowledge.files.export([doc.docId])}>
        Export this article
      </DropdownMenu.Item>
      {mayEdit && (
        <>
          <DropdownMenu.Item
            className="menu-item"
            onSelect={() => void (isArchived ? knowledge.desk.setStage('draft') : knowledge.desk.archive())}
          >
            {isArchived ? 'Take out of the archive' : 'Archive'}
          </DropdownMenu.Item>
          {!isAnswered(doc) && (
            <DropdownMenu.Item className="menu-item text-veto" onSelect={() => void knowledge.desk.remove()}>
              Delete
            </DropdownMenu.Item>
          )}
        </>
      )}
    </DocumentMenu>
  );
}
