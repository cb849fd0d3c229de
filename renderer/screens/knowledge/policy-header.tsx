import { ArrowLeft, Ellipsis, GitMerge, History, PanelRight } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { mayEditPolicies } from '#renderer/stores/knowledge.ts';
import { openConflicts, type OpenArticle } from '#renderer/stores/knowledge-article.ts';
import type { PolicyDraft } from '#renderer/stores/policy-draft.ts';
import { useConsole, useDesk, useUi } from '#renderer/stores/use-console.ts';
import { ForceSheet } from './force-sheet.tsx';

export interface PolicyHeaderProps {
  readonly article: OpenArticle;
  readonly draft: PolicyDraft;
}

/** The name of the policy, the version that is in force, and what can be done with it as a whole. */
export function PolicyHeader({ article, draft }: PolicyHeaderProps) {
  const { knowledge, archive, actions, ui } = useConsole();
  const sideOpen = useUi(state => state.sideOpen);
  const mayEdit = useDesk(mayEditPolicies);
  const [asks, setAsks] = useState(false);
  const { doc, work } = article;
  const conflicts = openConflicts(article).length;
  const isOut = draft.isWithdrawn && doc?.publishedId === doc?.headId;
  const isDone = draft.isInForce || isOut;
  const tryOut = (): void => {
    archive.state.setState({ draft: JSON.stringify(draft.document, null, 2), replayed: { name: 'idle' } });
    archive.show('policies');
    actions.goTo('history');
  };
  return (
    <header className="article-header flex min-h-[60px] flex-none flex-wrap items-center gap-2 border-b border-line-2 px-6 py-2">
      <button
        type="button"
        className="btn narrow-only h-9 w-9 border-transparent bg-transparent p-0"
        aria-label="Back to the list"
        onClick={() => knowledge.desk.close()}
      >
        <ArrowLeft size={18} strokeWidth={1.75} aria-hidden="true" />
      </button>
      <h2 className="num m-0 truncate text-[17px] font-semibold">{draft.name}</h2>
      {doc?.publishedId !== null && draft.version !== null && !isOut && (
        <span className="pill" title="The version that is in force">
          version {draft.version}
        </span>
      )}
      {conflicts > 0 && (
        <span className="pill pill-hue text-warn">
          <GitMerge size={13} strokeWidth={2} aria-hidden="true" />
          Conflict in {conflicts} {conflicts === 1 ? 'clause' : 'clauses'}
        </span>
      )}
      <span className="flex-1" />
      <button
        type="button"
        className="btn"
        aria-label="History of this policy"
        onClick={() => void knowledge.desk.showHistory()}
      >
        <History size={16} strokeWidth={1.75} aria-hidden="true" /> History
      </button>
      {mayEdit && (
        <>
          <button type="button" className="btn" disabled={draft.document === null} onClick={tryOut}>
            Try on past calls
          </button>
          <button
            type="button"
            className="btn btn-solid"
            disabled={work !== 'none' || isDone || (draft.document === null && !draft.isWithdrawn)}
            onClick={() => setAsks(true)}
          >
            {isOut
              ? 'Out of force'
              : draft.isInForce
                ? 'In force'
                : work === 'publishing'
                  ? 'Putting in force'
                  : 'Put in force'}
          </button>
          <More article={article} isWithdrawn={draft.isWithdrawn} />
        </>
      )}
      <button
        type="button"
        className="btn side-button"
        aria-expanded={sideOpen}
        onClick={() => ui.setState({ sideOpen: !sideOpen })}
      >
        <PanelRight size={16} aria-hidden="true" /> {sideOpen ? 'Close' : 'Details'}
      </button>
      {asks && (
        <ForceSheet
          draft={draft}
          onClose={() => setAsks(false)}
          onYes={() => {
            setAsks(false);
            void knowledge.desk.publish();
          }}
        />
      )}
    </header>
  );
}

function More({ article, isWithdrawn }: { readonly article: OpenArticle; readonly isWithdrawn: boolean }) {
  const { knowledge } = useConsole();
  const isNeverUsed = article.doc?.publishedId === null;
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="btn px-2" aria-label="More">
        <Ellipsis size={16} aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          {isNeverUsed ? (
            <DropdownMenu.Item className="menu-item text-veto" onSelect={() => void knowledge.desk.remove()}>
              Delete
            </DropdownMenu.Item>
          ) : (
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() =>
                void (isWithdrawn ? knowledge.desk.setStage('draft') : knowledge.desk.archive())
              }
            >
              {isWithdrawn ? 'Bring back' : 'Take out of force'}
            </DropdownMenu.Item>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
