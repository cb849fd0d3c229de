import type { ReactNode } from 'react';
import { spaceOf } from '#shared/domain/document-space.ts';
import type { OpenArticle } from '#renderer/stores/knowledge-article.ts';
import { useConsole } from '#renderer/stores/use-console.ts';
import { refusalWords } from './knowledge-words.ts';

const REFUSED = { save: 'Not saved', publish: 'Not published' } as const;
const REFUSED_POLICY = { save: 'Not saved', publish: 'Not put in force' } as const;

/** What a person has to know before writing on: refused, changed by others, left from the last time. */
export function ArticleNotices({ article }: { readonly article: OpenArticle }) {
  const { knowledge } = useConsole();
  const { refusal, isBehind, isRecovered, keeping, doc } = article;
  const isPolicy = doc !== null && spaceOf(doc.docId) === 'policies';
  return (
    <div role="status" aria-label={isPolicy ? 'About this policy' : 'About this article'}>
      {refusal && (
        <Band title={(isPolicy ? REFUSED_POLICY : REFUSED)[refusal.what]} code={refusal.error.code} isBad>
          {refusalWords(refusal.what, refusal.error, isPolicy)}
        </Band>
      )}
      {keeping.name === 'failed' && (
        <Band title="What you type is only in this window" code={keeping.error.code} isBad>
          {keeping.error.message}
        </Band>
      )}
      {isRecovered && (
        <Band title="Not saved the last time">
          This is what was typed here and not saved.
          <button type="button" className="btn btn-small" onClick={() => void knowledge.desk.dropUnsaved()}>
            Throw it away
          </button>
        </Band>
      )}
      {isBehind && doc && (
        <Band title={`${doc.editedBy} changed this meanwhile`}>
          Your text stays as you typed it; saving merges both.
          {!isRecovered && (
            <button type="button" className="btn btn-small" onClick={() => void knowledge.desk.dropUnsaved()}>
              Drop mine, show theirs
            </button>
          )}
        </Band>
      )}
      {isPolicy && article.text.fields.stage === 'archived' && (
        <Band title="To be out of force">
          {doc.publishedId === doc.headId
            ? 'No call is judged by it. Its history stays.'
            : 'Calls are judged by what is in force until you put this in force as well.'}
        </Band>
      )}
      {!isPolicy && article.text.fields.stage === 'archived' && (
        <Band title="Archived">
          {doc !== null && doc.publishedId !== null && doc.publishedId !== doc.headId
            ? 'The AI answers from what was published until you publish this as well.'
            : 'The AI does not answer from it. Its history stays.'}
        </Band>
      )}
    </div>
  );
}

interface BandProps {
  readonly title: string;
  readonly code?: string;
  readonly isBad?: boolean;
  readonly children: ReactNode;
}

function Band({ title, code, isBad = false, children }: BandProps) {
  return (
    <div
      className={`flex flex-wrap items-center gap-x-3 gap-y-1 border-b bg-raised px-6 py-2 ${isBad ? 'border-veto' : 'border-line'}`}
    >
      <b className="font-semibold">{title}</b>
      <span className="whitespace-pre-wrap">{children}</span>
      {code !== undefined && <small className="num text-[11px] text-muted">{code}</small>}
    </div>
  );
}
