import { Kbd } from '#renderer/components/kbd.tsx';
import { ariaKey } from '#renderer/components/key-sign.ts';
import { isDirty, type OpenArticle } from '#renderer/stores/knowledge-article.ts';
import { useConsole, useKeyOf } from '#renderer/stores/use-console.ts';

/** How the open text stands, and the way to save it. */
export function StandingBar({
  article,
  words,
  mayEdit,
}: {
  readonly article: OpenArticle;
  readonly words: string;
  readonly mayEdit: boolean;
}) {
  const { knowledge } = useConsole();
  const keyOf = useKeyOf();
  return (
    <>
      <span className="flex-1" />
      <span role="status" data-testid="standing" className="text-[12px] text-muted">
        {words}
      </span>
      {mayEdit && isDirty(article) && (
        <button
          type="button"
          className="btn btn-small ml-2"
          disabled={article.work !== 'none'}
          aria-keyshortcuts={ariaKey(keyOf('save-article'))}
          onClick={() => void knowledge.desk.save()}
        >
          Save <Kbd>{keyOf('save-article')}</Kbd>
        </button>
      )}
    </>
  );
}
