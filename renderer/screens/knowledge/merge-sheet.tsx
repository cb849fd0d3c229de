import { useState } from 'react';
import { Sheet } from '#renderer/components/sheet.tsx';
import type { OpenArticle } from '#renderer/stores/knowledge-article.ts';
import { openConflicts } from '#renderer/stores/knowledge-article.ts';
import { aboutOf, settledWith, sidesOf, type ArticleText } from '#renderer/stores/settle-conflict.ts';
import { useConsole, useDesk } from '#renderer/stores/use-console.ts';
import { MergeEditor } from './editor/merge-editor.tsx';
import { lookOf, wordOf } from './look-of.ts';

/** Both people's whole texts; what stands on the right is saved and settles every paragraph (KNW15). */
export function MergeSheet({
  article,
  onClose,
}: {
  readonly article: OpenArticle;
  readonly onClose: () => void;
}) {
  const { knowledge } = useConsole();
  const me = useDesk(state => (state.name === 'ready' ? state.user : { userId: '', name: '' }));
  // As it was when it was opened: what others do meanwhile must not move the texts under the hand.
  const [{ theirs, mine, who }] = useState(() => {
    const conflicts = openConflicts(article).filter(conflict => aboutOf(conflict).name === 'paragraph');
    const withSide = (at: 0 | 1): ArticleText =>
      conflicts.reduce(
        (text, conflict) => settledWith(text, conflict, sidesOf(conflict, me)[at].text),
        article.text,
      );
    const first = conflicts[0];
    return {
      mine: withSide(0).markdown,
      theirs: withSide(1).markdown,
      who: first ? sidesOf(first, me).map(side => (side.isMe ? 'Yours' : side.who)) : [],
    };
  });
  const [result, setResult] = useState(mine);
  return (
    <Sheet label="Side by side" onClose={onClose} className="wide-sheet">
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <h2 className="m-0 mr-auto text-[15px] font-semibold">Two texts of this {wordOf(article)}</h2>
        <button type="button" className="btn" onClick={onClose}>
          Later
        </button>
        <button
          type="button"
          className="btn btn-solid"
          onClick={() => {
            onClose();
            void knowledge.desk.saveMerged(result);
          }}
        >
          Save the right side
        </button>
      </div>
      <div className="merge-heads text-[12px] font-semibold text-muted" aria-hidden="true">
        <span>{who[1] ?? 'Theirs'}</span>
        <span>
          {who[0] ?? 'Yours'}, becomes the {wordOf(article)}
        </span>
      </div>
      <div className="merge-body">
        <MergeEditor
          left={theirs}
          leftLabel={`Text of ${who[1] ?? 'theirs'}`}
          right={mine}
          rightLabel="Text that is saved"
          {...lookOf(article)}
          onType={setResult}
        />
      </div>
    </Sheet>
  );
}
