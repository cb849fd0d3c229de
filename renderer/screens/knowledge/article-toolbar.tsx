import type { EditorView } from '@codemirror/view';
import { Bold, Eye, Heading2, Link2, List, Pencil, Quote, Table2, type LucideIcon } from 'lucide-react';
import { ariaKey } from '#renderer/components/key-sign.ts';
import { mayEditKnowledge } from '#renderer/stores/knowledge.ts';
import { standingWords, type OpenArticle } from '#renderer/stores/knowledge-article.ts';
import { useDesk } from '#renderer/stores/use-console.ts';
import { FORMAT_KEYS, runFormat } from './editor/code-editor.tsx';
import type { Format } from './editor/format-commands.ts';
import { StandingBar } from './standing-bar.tsx';

export type ArticleView = 'write' | 'read';

const TOOLS: readonly { readonly what: Format; readonly words: string; readonly icon: LucideIcon }[] = [
  { what: 'heading', words: 'Heading', icon: Heading2 },
  { what: 'bold', words: 'Bold', icon: Bold },
  { what: 'list', words: 'List', icon: List },
  { what: 'link', words: 'Link', icon: Link2 },
  { what: 'quote', words: 'Quote', icon: Quote },
  { what: 'table', words: 'Table', icon: Table2 },
];

export interface ArticleToolbarProps {
  readonly article: OpenArticle;
  readonly editor: EditorView | null;
  readonly view: ArticleView;
  readonly onView: (view: ArticleView) => void;
  /** Whether what differs from the published text is marked; null where nothing differs. */
  readonly changes: boolean | null;
  readonly onChanges: (shows: boolean) => void;
}

/** What can be done to the text, how it is shown, and in words where it stands. */
export function ArticleToolbar({ article, editor, view, onView, changes, onChanges }: ArticleToolbarProps) {
  const mayEdit = useDesk(mayEditKnowledge);
  const isWriting = view === 'write';
  const Toggle = isWriting ? Eye : Pencil;
  return (
    <div className="flex min-h-[40px] flex-none flex-wrap items-center gap-1 border-b border-line-2 px-5 py-1">
      {mayEdit && isWriting && (
        <div role="toolbar" aria-label="Form of the text" className="flex gap-1">
          {TOOLS.map(({ what, words, icon: Icon }) => {
            const key = FORMAT_KEYS[what].replace('Mod', 'Ctrl').replaceAll('-', '+').replace(/\+b$/u, '+B');
            return (
              <button
                key={what}
                type="button"
                className="icon-button h-[28px] w-[30px]"
                aria-label={words}
                aria-keyshortcuts={ariaKey(key)}
                title={`${words} (${key.replaceAll('+', ' ').replace(/ l$/u, ' L')})`}
                disabled={editor === null}
                onClick={() => {
                  if (!editor) return;
                  runFormat(editor, what);
                  editor.focus();
                }}
              >
                <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
              </button>
            );
          })}
        </div>
      )}
      <button
        type="button"
        className="btn btn-small ml-1"
        aria-pressed={!isWriting}
        aria-keyshortcuts="Control+E"
        title={`${isWriting ? 'Preview' : 'Write'} (Ctrl E)`}
        onClick={() => onView(isWriting ? 'read' : 'write')}
      >
        <Toggle size={14} strokeWidth={1.75} aria-hidden="true" /> {isWriting ? 'Preview' : 'Write'}
      </button>
      {changes !== null && isWriting && (
        <button
          type="button"
          className={`btn btn-small ${changes ? 'btn-on' : ''}`}
          aria-pressed={changes}
          title="What differs from the published text"
          onClick={() => onChanges(!changes)}
        >
          Changes
        </button>
      )}
      <StandingBar article={article} words={standingWords(article)} mayEdit={mayEdit} />
    </div>
  );
}
