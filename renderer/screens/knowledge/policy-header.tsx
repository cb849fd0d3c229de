import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { mayEditPolicies } from '#renderer/stores/knowledge.ts';
import { openConflicts, type OpenArticle } from '#renderer/stores/knowledge-article.ts';
import type { PolicyDraft } from '#renderer/stores/policy-draft.ts';
import { useConsole, useDesk } from '#renderer/stores/use-console.ts';
import { DocumentHeader, DocumentMenu } from './document-header.tsx';
import { ForceSheet } from './force-sheet.tsx';

export interface PolicyHeaderProps {
  readonly article: OpenArticle;
  readonly draft: PolicyDraft;
}

/** The name of the policy, the version that is in force, and what can be done with it as a whole. */
export function PolicyHeader({ article, draft }: PolicyHeaderProps) {
  const { knowledge, archive, actions } = useConsole();
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
    <DocumentHeader
      thing="policy"
      title={
        <>
          <h2 className="num m-0 truncate text-[17px] font-semibold">{draft.name}</h2>
          {doc?.publishedId !== null && draft.version !== null && !isOut && (
            <span className="pill" title="The version that is in force">
              version {draft.version}
            </span>
          )}
        </>
      }
      conflict={conflicts > 0 ? `${String(conflicts)} ${conflicts === 1 ? 'clause' : 'clauses'}` : null}
      hasHistory
    >
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
    </DocumentHeader>
  );
}

function More({ article, isWithdrawn }: { readonly article: OpenArticle; readonly isWithdrawn: boolean }) {
  const { knowledge } = useConsole();
  const isNeverUsed = article.doc?.publishedId === null;
  return (
    <DocumentMenu>
      {isNeverUsed ? (
        <DropdownMenu.Item className="menu-item text-veto" onSelect={() => void knowledge.desk.remove()}>
          Delete
        </DropdownMenu.Item>
      ) : (
        <DropdownMenu.Item
          className="menu-item"
          onSelect={() => void (isWithdrawn ? knowledge.desk.setStage('draft') : knowledge.desk.archive())}
        >
          {isWithdrawn ? 'Bring back' : 'Take out of force'}
        </DropdownMenu.Item>
      )}
    </DocumentMenu>
  );
}
